import { common } from '@hyperledger/fabric-protos';
import { LedgerError } from '@collabnet/ledger';

/** A whole block on one line of an export. */
export interface BlockLine {
  readonly number: number;
  /** The block as Fabric serialises it, base64. */
  readonly block: string;
}

export function toLine(block: common.Block): string {
  const line: BlockLine = { number: block.getHeader()?.getNumber() ?? 0, block: Buffer.from(block.serializeBinary()).toString('base64') };
  return JSON.stringify(line);
}

/** Number that a line carries; undefined: it is no block. */
export function numberOfLine(value: unknown): number | undefined {
  const line = value as Partial<BlockLine> | null;
  return Number.isSafeInteger(line?.number) && typeof line?.block === 'string' ? line.number : undefined;
}

/** @throws LedgerError BLOCK_INVALID */
export function fromLine({ number, block: text }: BlockLine): common.Block {
  const block = decoded(number, text);
  const found = block.getHeader()?.getNumber();
  if (found !== number) throw new LedgerError('BLOCK_INVALID', `block ${number}: the block on its line is ${found === undefined ? 'none' : `block ${found}`}`, { height: number });
  return block;
}

function decoded(number: number, text: string): common.Block {
  try {
    return common.Block.deserializeBinary(Buffer.from(text, 'base64'));
  } catch (cause) {
    throw new LedgerError('BLOCK_INVALID', `block ${number}: it cannot be read; it was altered`, { cause, height: number });
  }
}
