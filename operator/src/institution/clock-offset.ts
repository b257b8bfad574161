/** Half of the shortest lease of an ordinary network: a longer difference makes leases lapse, or hold too long, ms. */
const MOST_MS = 30_000;

/**
 * Says that this operator's clock differs too much from the ledger's, and what to do; undefined while it does not.
 *
 * @param offsetMs `clockOffsetMs` of the ledger: positive when the own clock is ahead
 */
export function clockProblem(offsetMs: number): string | undefined {
  if (Math.abs(offsetMs) <= MOST_MS) return undefined;
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  return `the clock of this operator is ${seconds} s ${offsetMs > 0 ? 'ahead of' : 'behind'} the ledger's; correct the clock of its node, or ask the host of the ledger about its own`;
}
