import { isPartyKey } from '@collabnet/fabric-execution';
import type { BlockTransaction } from './fabric-block.ts';

type Call = NonNullable<BlockTransaction['call']>;

/**
 * Whether a valid call may have changed anything that the contracts know, so that it has to be run again.
 *
 * Two things in the chaincode's own namespace an organisation can write without any other, if its peer runs something else
 * than the others': its party key, and the collection of private data that Fabric gives each organisation. Nothing reads either.
 * Were such calls an error, each institution alone could stop the replicas of all.
 */
export function isCounted(call: Call, chaincode: string): boolean {
  const changed = [...(call.writes.get(chaincode) ?? []), ...(call.metadata.get(chaincode) ?? [])];
  if (changed.length > 0) return changed.some(({ key }) => !isPartyKey(key));
  if (call.otherChanges.includes(chaincode)) return false;
  // A call that changes nothing (a ping, a genesis once more) leaves no trace on the ledger; a transaction never is one.
  return call.chaincode === chaincode && call.args[0] === 'submit';
}
