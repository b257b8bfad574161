import type { SignedTransaction } from '@collabnet/envelope';
import type { SignedGenesis } from '../block.ts';
import type { LedgerEvent } from '../replica.ts';

/** A transaction as it stands in a verified block. */
export interface TransactionView {
  readonly digest: string;
  /** Height that the contracts ran at: that of the block, on Fabric at most that. */
  readonly height: number;
  readonly tx: SignedTransaction;
}

/** A verified block as people look at it, the same on all drivers. */
export interface BlockView {
  readonly height: number;
  /** Fabric's number of the block, where it is another than the height. */
  readonly number?: number;
  readonly hash: string;
  /** Epoch ms. */
  readonly time: number;
  readonly stateRoot: string;
  readonly genesis?: SignedGenesis;
  readonly transactions: readonly TransactionView[];
}

/** Verified blocks of one ledger, to look at and to take elsewhere. Read from the store, also after the view has diverged. */
export interface LedgerInspection {
  readonly driver: 'embedded' | 'fabric';
  /** Newest verified height; undefined before the first block. */
  height(): number | undefined;
  /** Blocks from a height on, in order. */
  blocks(from: number, limit: number): BlockView[];
  /** Height of the block that holds a transaction. */
  heightOf(digest: string): number | undefined;
  /** What the transactions of a block told, in order. @throws LedgerError NOT_FOUND */
  eventsAt(height: number): readonly LedgerEvent[];
  /**
   * Lines of an export of the blocks between two heights, both included: its header, then a block a line.
   *
   * @throws LedgerError NOT_FOUND where there is no such block; UNAVAILABLE
   */
  exportLines(from: number, to: number): AsyncIterable<string>;
}
