import { serveCandidates } from '@collabnet/ledger-fabric';
import { networkToken, type NatsConnection } from '@collabnet/messaging';
import type { ServedNetwork } from '../candidate-hosts.ts';
