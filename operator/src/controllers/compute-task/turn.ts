/** How long a party has for what any of them may do, before the next one does it, ms. */
const TURN_MS = 3_000;

/**
 * How long to wait with a transaction that any party may send and one suffices. Sent by all at once, Fabric would take one of
 * them and refuse the others, which then cost each sender another round (requirement 119: nobody depends on one party either).
 *
 * @param parties DIDs in the agreed order; the first begins
 * @param since epoch ms from which on it may be done, by the ledger's clock
 * @returns ms; 0 where it is this party's turn
 */
export function untilTurn(parties: readonly string[], self: string, since: number, now: number): number {
  return Math.max(0, since + parties.indexOf(self) * TURN_MS - now);
}
