import { readFileSync } from 'node:fs';
import { openReplicaState, type FollowOnFabricOptions, type Ledger } from '@collabnet/ledger';
import { FabricLedgerClient } from './fabric-ledger-client.ts';
import type { FabricIdentity } from './options.ts';
import type { StoredFabricBlock } from './stored-block.ts';

/**
 * A replica for services that read the ledger on the institution's own peer and submit nothing. Waits for nothing; the
 * files are read again at every connection, so that renewed ones count.
 *
 * @throws LedgerError STORE_FAILED; Error for a file that cannot be read
 */
export function followFabricLedger({ networkId, fabric, cache, logger }: FollowOnFabricOptions): Ledger {
  const text = (path: string): string => readFileSync(path, 'utf8');
  const { channel, chaincode } = fabric();
  const identity = (): FabricIdentity => {
    const { mspId, certificate, privateKey, tlsAuthorities } = fabric();
    return { mspId, certificate: text(certificate), privateKey: text(privateKey), tlsAuthorities: text(tlsAuthorities) };
  };
  // What is missing is said now, and the pool tries again.
  identity();
  const ledger = new FabricLedgerClient({
    networkId,
    channel,
    chaincode,
    identity,
    endpoints: () => fabric().peers.map((address) => ({ address })),
    state: openReplicaState<StoredFabricBlock>(cache, networkId),
    onError: (error) => logger.warn({ err: error, network: networkId }, 'the ledger cannot be followed'),
  });
  ledger.start();
  return ledger;
}
