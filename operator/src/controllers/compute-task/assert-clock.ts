import { clockProblem } from '../../institution/clock-offset.ts';
import { WaitError } from '../../runtime/index.ts';
import { required, type TaskRun } from './task-run.ts';

const LOOK_AGAIN_MS = 5_000;

/**
 * Nothing is promised and no pod is made while this operator's clock differs from the ledger's: its certificates,
 * credentials and capabilities would hold too early or too late, and leases would lapse at once.
 *
 * @throws WaitError ClockSkew
 */
export function assertClock(run: TaskRun): void {
  const problem = clockProblem(required(run.view, 'view').session.ledger.clockOffsetMs);
  if (problem !== undefined) throw new WaitError('ClockSkew', problem, LOOK_AGAIN_MS);
}
