import { common } from '@hyperledger/fabric-protos';
import type { Gateway } from '@hyperledger/fabric-gateway';
import { LedgerError } from '@collabnet/ledger';

/**
 * Whether a peer cannot give the block that is wanted, now or ever: one that was restored from a snapshot has no blocks
 * before it. It answers like one that is still catching up.
 *
 * @param wanted block number
 * @returns the error that says so, undefined for a peer that has or will have it
 */
export async function blocksBeforeSnapshot(gateway: Gateway, channel: string, address: string, wanted: number): Promise<LedgerError | undefined> {
  const octets = await gateway.getNetwork(channel).getContract('qscc').evaluate('GetChainInfo', { arguments: [channel] });
  const snapshot = common.BlockchainInfo.deserializeBinary(octets).getBootstrappingsnapshotinfo();
  if (snapshot === undefined || snapshot.getLastblockinsnapshot() < wanted) return undefined;
  const first = snapshot.getLastblockinsnapshot() + 1;
  return new LedgerError(
    'UNAVAILABLE',
    `peer ${address} was restored from a snapshot and has blocks from ${first} on, but block ${wanted} comes next: go on with a verified copy of the ledger that reaches to block ${first - 1}, or delete the volume of the peer, and it is rebuilt from the orderers`,
  );
}
