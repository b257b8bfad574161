import type { Gateway } from '@hyperledger/fabric-gateway';
import type { common } from '@hyperledger/fabric-protos';
import { LedgerError } from '@collabnet/ledger';

/** A peer that sends nothing for this long has stopped, ms. */
const STALLED_MS = 5_000;

/** A block as it lies on the channel, marks of validity included. */
export interface RawBlock {
  readonly number: number;
  /** Serialised `common.Block`. */
  readonly octets: Uint8Array;
}

/** Blocks `from` to `last`, both included, serialised. @throws LedgerError UNAVAILABLE */
export async function* channelBlocks(gateway: Gateway, channel: string, from: number, last: number): AsyncGenerator<RawBlock> {
  for await (const block of wholeBlocks(gateway, channel, from, last)) yield { number: numberOf(block), octets: block.serializeBinary() };
}

/** Whole blocks as the peer of the gateway has them, from the first number to the last, both included. @throws LedgerError UNAVAILABLE */
export async function* wholeBlocks(gateway: Gateway, channel: string, from: number, last: number): AsyncGenerator<common.Block> {
  if (from > last) return;
  const blocks = await gateway.getNetwork(channel).getBlockEvents({ startBlock: BigInt(from) });
  let stalled = setTimeout(() => blocks.close(), STALLED_MS);
  try {
    for await (const block of blocks) {
      clearTimeout(stalled);
      yield block;
      // A peer goes on with blocks that are yet to come.
      if (numberOf(block) >= last) return;
      stalled = setTimeout(() => blocks.close(), STALLED_MS);
    }
  } catch (cause) {
    throw new LedgerError('UNAVAILABLE', `the peer does not give blocks ${from} to ${last} of channel ${channel}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    clearTimeout(stalled);
    blocks.close();
  }
  throw new LedgerError('UNAVAILABLE', `the peer has ended the stream of blocks before block ${last} of channel ${channel}; try again`);
}

function numberOf(block: common.Block): number {
  return block.getHeader()?.getNumber() ?? -1;
}
