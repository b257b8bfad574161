import { serveCandidates, type FabricLedgerClient } from '@collabnet/ledger-fabric';
import { networkToken, type NatsConnection } from '@collabnet/messaging';
import type { ServedNetwork } from '../candidate-hosts.ts';

/** Serves a verified ledger to those who hold an invitation. @returns ends it */
export function serveLedger(connection: NatsConnection, { access, ledger }: ServedNetwork, onError: (error: unknown) => void): () => void {
  return serveCandidates({ connection, networkToken: networkToken(access.networkId), ledger: ledger as FabricLedgerClient, onError });
}
