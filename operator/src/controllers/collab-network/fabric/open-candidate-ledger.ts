import type { NatsConnection } from '@collabnet/messaging';
import { FabricCandidateClient } from '@collabnet/ledger-fabric';
import type { CandidateLedger } from '../join-client.ts';
