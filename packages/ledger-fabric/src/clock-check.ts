import { LedgerError } from '@collabnet/ledger';
import { isCounted } from './counted-call.ts';
import type { FabricBlock } from './fabric-block.ts';

const MOST_AHEAD_MS = 600_000;

/**
 * Refuses a block from the future: it would keep everything later in the future too. What leaves no trace may have any time,
 * since no clock but its sender's has seen it.
 *
 * @param now of the own clock, epoch ms
 * @param most how far ahead it may lie, ms; default 10 min (design §8.7)
 * @throws LedgerError CLOCK_SKEW
 */
export function assertNotAhead(block: FabricBlock, chaincode: string, now: number, most = MOST_AHEAD_MS): void {
  const ahead = Math.max(0, ...block.transactions.map(({ call }) => (call !== undefined && isCounted(call, chaincode) ? call.time : 0))) - now;
  if (ahead > most) throw new LedgerError('CLOCK_SKEW', `block ${block.number}: its time lies ${ahead} ms ahead of this clock; check the clocks`);
}
