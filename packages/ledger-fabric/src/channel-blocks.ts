import type { Gateway } from '@hyperledger/fabric-gateway';
import { LedgerError } from '@collabnet/ledger';

/** A peer that sends nothing for this long has stopped, ms. */
const STALLED_MS = 5_000;

/** A block as it lies on the channel, marks of validity included. */
export interface RawBlock {
  readonly number: number;
  /** Serialised `common.Block`. */
  readonly octets: Uint8Array;
}

/** Reads blocks `from` to `last` from the peer of the gateway. @throws LedgerError UNAVAILABLE */
export async function* channelBlocks(gateway: Gateway, channel: string, from: number, last: number): AsyncGenerator<RawBlock> {
  if (from > last) return;
  const blocks = await gateway.getNetwork(channel).getBlockEvents({ startBlock: BigInt(from) });
  let stalled = setTimeout(() => blocks.close(), STALLED_MS);
  try {
    for await (const block of blocks) {
      clearTimeout(stalled);
      const number = block.getHeader()?.getNumber() ?? -1;
      yield { number, octets: block.serializeBinary() };
      if (number >= last) return;
      stalled = setTimeout(() => blocks.close(), STALLED_MS);
    }
  } catch (cause) {
    throw new LedgerError('UNAVAILABLE', 'the peer does not give its blocks', { cause });
  } finally {
    clearTimeout(stalled);
    blocks.close();
  }
  throw new LedgerError('UNAVAILABLE', `the peer has ended the stream of blocks before block ${last}`);
}
