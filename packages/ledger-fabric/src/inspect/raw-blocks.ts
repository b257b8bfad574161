import type { CloseableAsyncIterable, Gateway } from '@hyperledger/fabric-gateway';
import type { common } from '@hyperledger/fabric-protos';
import { LedgerError } from '@collabnet/ledger';

/** Whole blocks as the own peer has them, from the first number to the last, both included. @throws LedgerError UNAVAILABLE */
export async function* rawBlocks(gateway: Gateway, channel: string, first: number, last: number): AsyncGenerator<common.Block> {
  if (first > last) return;
  let blocks: CloseableAsyncIterable<common.Block> | undefined;
  try {
    blocks = await gateway.getNetwork(channel).getBlockEvents({ startBlock: BigInt(first) });
    for await (const block of blocks) {
      yield block;
      // A peer goes on with blocks that are yet to come.
      if ((block.getHeader()?.getNumber() ?? 0) >= last) return;
    }
  } catch (cause) {
    throw new LedgerError('UNAVAILABLE', `the own peer does not hand out blocks ${first} to ${last} of channel ${channel}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    blocks?.close();
  }
  throw new LedgerError('UNAVAILABLE', `the own peer ended before block ${last} of channel ${channel}; try again`);
}
