import { FabricCandidateClient } from '@collabnet/ledger-fabric';
import type { NatsConnection } from '@collabnet/messaging';
import type { CandidateLedger } from '../join-client.ts';
import { CHAINCODE } from './chaincode-package.ts';

/** The ledger as the host of a network on Fabric serves it to who holds an invitation. */
export function openCandidateLedger(options: { connection: NatsConnection; networkId: string; invitationId: string; onError: (error: unknown) => void }): CandidateLedger {
  return new FabricCandidateClient({ ...options, chaincode: CHAINCODE });
}
