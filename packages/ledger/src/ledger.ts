import type { Json, JsonObject, SignedTransaction, TransactionPayload } from '@collabnet/envelope';
import type { Head, LedgerEvent } from './replica.ts';

/** The verified head, and when contact with the ledger last confirmed that it is the newest (local epoch ms). */
export interface VerifiedHead extends Head {
  verifiedAt: number;
  /**
   * Up to this height, blocks of earlier contracts that this build does not have were taken as their endorsers wrote
   * them: signatures and hashes were checked, the rules were not run again. Absent: everything was run again.
   */
  takenUpTo?: number;
}

/** What every proof says; the rest, and how it is checked, depends on the driver and is named by `schema`. */
export interface LedgerProof {
  schema: string;
  key: string;
  /** null where the key was deleted. */
  value: Json | null;
  /** Height up to which the prover has replayed the chain. */
  asOf: number;
}

export interface SubmitResult {
  height: number;
  digest: string;
}

/**
 * The port that operators and gates use; `embedded` and `fabric` are drivers behind it. All answers come from a view
 * that this process has verified itself.
 */
export interface Ledger {
  readonly networkId: string;
  /** By how many ms at least the own clock is ahead (behind: negative) of the ledger's; 0 while they are not known to differ. */
  readonly clockOffsetMs: number;
  /** Throws LedgerError STALE before the first contact, DIVERGED after two heads were seen for one height. */
  head(): VerifiedHead;
  /**
   * Resolves when the transaction stands in a block verified here. Sending the same signed transaction again is safe:
   * one that is already on the ledger resolves with its height.
   *
   * @throws LedgerError with the contract's code when refused; UNAVAILABLE or TIMEOUT when the outcome is open.
   */
  submit(tx: SignedTransaction): Promise<SubmitResult>;
  /**
   * Read-only contract method on the verified view.
   *
   * @param options.maxStalenessMs refresh first when the view is older, and fail with STALE rather than answer from it.
   */
  evaluate<T = Json>(contract: string, method: string, args: JsonObject, options?: { maxStalenessMs?: number }): Promise<T>;
  /** Events from `fromHeight` on, past ones first, then as they come; ends when the signal aborts. */
  events(fromHeight: number, signal?: AbortSignal): AsyncIterable<LedgerEvent>;
  /** Calls back after each newly verified block, with its events. Returns the unsubscribe function. */
  onChange(listener: (events: LedgerEvent[]) => void): () => void;
  /** Payload of the first transaction of a verified block for which `holds` is true; what it sealed is read from there. */
  transactionAt(height: number, holds: (payload: TransactionPayload) => boolean): TransactionPayload | undefined;
  /** Time of a verified block, epoch ms; undefined beyond the head. */
  blockTime(height: number): number | undefined;
  /** Proof of the last write to `key` at or below `height`. Throws LedgerError NOT_FOUND. */
  prove(key: string, height: number): Promise<LedgerProof>;
  close(): Promise<void>;
}
