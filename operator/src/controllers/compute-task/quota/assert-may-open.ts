import { required, type TaskRun } from '../task-run.ts';
import { quotaExceeded } from './quota-exceeded.ts';
import type { ProposerQuota } from './quota-of-run.ts';
import { openFlows, secondsOfDay } from './usage.ts';

/**
 * Before this institution takes a flow upon itself. The oldest open flows of a proposer go first: their order is the ledger's
 * and the same at all parties, so that no two of them wait for each other. Own flows were counted before they were proposed.
 *
 * @throws WaitError QuotaExceeded
 */
export function assertMayOpen(run: TaskRun, { proposer, limits, flows }: ProposerQuota): void {
  const { record } = required(run.flow, 'flow');
  const { openTasks, computeSecondsPerDay } = limits;
  const network = run.task.spec.networkRef.name;
  const refuse = (quota: 'openTasks' | 'computeSecondsPerDay', used: number, limit: number): never => {
    run.environment.slots.leave(record.flowId);
    throw quotaExceeded({ quota, proposer, used, limit, network });
  };
  if (openTasks !== undefined && proposer !== required(run.view, 'view').session.did) {
    const open = openFlows(flows, proposer).map(({ flowId }) => flowId);
    const place = open.indexOf(record.flowId);
    // The newest may not have been told of yet.
    const earlier = place === -1 ? open.length : place;
    if (earlier >= openTasks) refuse('openTasks', earlier, openTasks);
  }
  if (computeSecondsPerDay === undefined) return;
  const seconds = secondsOfDay(flows, proposer, run.ctx.clock.now());
  if (seconds >= computeSecondsPerDay) refuse('computeSecondsPerDay', seconds, computeSecondsPerDay);
}
