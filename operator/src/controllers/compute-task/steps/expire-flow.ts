import { fraction } from '../build/retry-delay.ts';
import { isRefusal, OVERTAKEN } from '../ledger-view.ts';
import { again, overtaken, required, type TaskRun } from '../task-run.ts';

/** Parties report a deadline at different moments, since one report is enough, ms. */
const SPREAD_MS = 3_000;

/** Ends, on the ledger, what has run out of time: consent, a reservation, the whole flow. */
export async function expireFlow(run: TaskRun): Promise<{ requeueAfterMs: number } | undefined> {
  const view = required(run.view, 'view');
  const { record, steps } = required(run.flow, 'flow');
  const limit = limitOf(record, steps.find(({ step }) => step === record.currentStep)?.reserveDeadline);
  const due = limit + 500 + Math.round(fraction(`${record.flowId}/${view.session.did}/${limit}`) * SPREAD_MS);
  const now = run.ctx.clock.now();
  if (now < due) return { requeueAfterMs: due - now };
  try {
    await view.flows('expire', { flowId: record.flowId });
  } catch (error) {
    if (isRefusal(error, 'TOO_EARLY')) return { requeueAfterMs: 2_000 };
    if (!isRefusal(error, ...OVERTAKEN)) throw error;
    throw overtaken('Expired', 'a deadline has passed');
  }
  throw again('Expired', 'a deadline has passed');
}

function limitOf(flow: { state: string; approvalDeadline: number; deadline: number }, reserveDeadline: number | undefined): number {
  if (flow.state === 'AwaitingApproval') return flow.approvalDeadline;
  return flow.state === 'Pending' ? Math.min(flow.deadline, reserveDeadline ?? flow.deadline) : flow.deadline;
}
