import { WaitError } from '../../runtime/index.ts';
import { required, type TaskRun } from './task-run.ts';

/** Half of the shortest lease of an ordinary network: what is longer makes leases lapse, or hold too long, ms. */
const MOST_MS = 30_000;
const LOOK_AGAIN_MS = 5_000;

/**
 * Nothing is promised and no pod is made while this operator's clock differs from the ledger's: its certificates,
 * credentials and capabilities would hold too early or too late, and leases would lapse at once.
 *
 * @throws WaitError ClockSkew
 */
export function assertClock(run: TaskRun): void {
  const offset = required(run.view, 'view').session.ledger.clockOffsetMs;
  if (Math.abs(offset) <= MOST_MS) return;
  const seconds = Math.round(Math.abs(offset) / 1000);
  throw new WaitError('ClockSkew', `the clock of this operator is ${seconds} s ${offset > 0 ? 'ahead of' : 'behind'} the ledger's; correct the clock of its node, or ask the host of the ledger about its own`, LOOK_AGAIN_MS);
}
