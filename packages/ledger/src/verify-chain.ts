import { networkIdOf, type Block } from './block.ts';
import { LedgerError } from './errors.ts';
import { Replica, type Head } from './replica.ts';
import { SqliteState } from './sqlite-state.ts';

export interface ChainReport extends Head {
  networkId: string;
  transactions: number;
}

/**
 * Replays a whole chain offline: signatures, chaining, roots and every contract rule.
 *
 * @param blocks from the genesis on.
 * @param expectedNetworkId when given, the genesis must hash to it; otherwise the chain's own id is reported.
 * @throws LedgerError BLOCK_INVALID naming the first height that does not hold.
 */
export async function verifyChain(blocks: Iterable<Block> | AsyncIterable<Block>, expectedNetworkId?: string): Promise<ChainReport> {
  const state = new SqliteState(':memory:');
  let replica: Replica | undefined;
  let transactions = 0;
  try {
    for await (const block of blocks) {
      replica ??= new Replica(expectedNetworkId ?? idOf(block), state);
      replica.apply(block);
      transactions += block.transactions.length;
    }
    const head = replica?.head();
    if (replica === undefined || head === undefined) throw new LedgerError('BLOCK_INVALID', 'the chain is empty; export it again');
    return { ...head, networkId: replica.networkId, transactions };
  } finally {
    state.close();
  }
}

function idOf(block: Block): string {
  if (block.genesis === undefined) throw new LedgerError('BLOCK_INVALID', 'block 0: the chain must start with its genesis');
  return networkIdOf(block.genesis.payload);
}

/** Reads an exported chain: one block as JSON a line. Throws LedgerError BLOCK_INVALID naming the line. */
export async function* parseChain(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Block> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    try {
      yield JSON.parse(line) as Block;
    } catch (cause) {
      throw new LedgerError('BLOCK_INVALID', `line ${number} is not JSON; the file is truncated or not an export`, { cause });
    }
  }
}
