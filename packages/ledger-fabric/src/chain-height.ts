import { common } from '@hyperledger/fabric-protos';
import type { Gateway } from '@hyperledger/fabric-gateway';
import { LedgerError } from '@collabnet/ledger';

/**
 * Number of the newest block, as peers of a majority of the organisations know it; the own peer, asked first, has to
 * answer. Others are reached through the own peer.
 *
 * @param others MSP ids; none: the own peer is believed
 * @throws LedgerError UNAVAILABLE when no majority answers
 */
export async function newestBlock(gateway: Gateway, channel: string, others: readonly string[]): Promise<number> {
  const ask = async (mspId?: string): Promise<number> => {
    const contract = gateway.getNetwork(channel).getContract('qscc');
    const octets = await contract.evaluate('GetChainInfo', { arguments: [channel], ...(mspId !== undefined && { endorsingOrganizations: [mspId] }) });
    return common.BlockchainInfo.deserializeBinary(octets).getHeight() - 1;
  };
  const [own, ...rest] = await Promise.allSettled([ask(), ...others.map(ask)]);
  if (own?.status !== 'fulfilled') throw new LedgerError('UNAVAILABLE', 'the own peer does not say how far it is', { cause: own?.reason });
  const known = [own.value, ...rest.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))].sort((a, b) => a - b);
  const majority = Math.floor((others.length + 1) / 2);
  const newest = known[majority];
  if (newest === undefined) throw new LedgerError('UNAVAILABLE', `only ${known.length} of ${others.length + 1} organisations say how far they are; the view cannot be confirmed`);
  return Math.max(newest, own.value);
}
