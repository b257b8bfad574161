import { LedgerError } from './errors.ts';

/** A verified view and its age. */
export interface AgeingView {
  /** When it was last confirmed to be the newest, epoch ms of the own clock. */
  readonly verifiedAt: () => number;
  readonly now: () => number;
  readonly refresh: () => Promise<void>;
}

/**
 * Refreshes a view that is older than allowed.
 *
 * @param maxStalenessMs undefined: any age will do
 * @throws LedgerError STALE when it is too old still; what `refresh` throws
 */
export async function ensureFresh({ verifiedAt, now, refresh }: AgeingView, maxStalenessMs: number | undefined): Promise<void> {
  const asked = now();
  if (maxStalenessMs === undefined || asked - verifiedAt() <= maxStalenessMs) return;
  await refresh();
  // What was under way already may have asked before this question; another one has not.
  if (asked - verifiedAt() > maxStalenessMs) await refresh();
  // Against the time of the question: however long the answer took, it is no older than that.
  const age = asked - verifiedAt();
  if (age > maxStalenessMs) throw new LedgerError('STALE', `the ledger view is ${age} ms old, more than the ${maxStalenessMs} ms allowed; check the connection to the ledger`);
}

/** By how many ms at least the own clock is ahead of another, which was read between `asked` and `answered` of the own one. */
export function clockOffset(other: number, asked: number, answered: number): number {
  if (other < asked) return asked - other;
  return other > answered ? answered - other : 0;
}
