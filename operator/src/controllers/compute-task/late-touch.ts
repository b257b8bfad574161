import type { FlowRecord, FlowStepView } from '@collabnet/contracts';
import type { AttemptId } from './build/names.ts';
import { askCourier } from './courier-client.ts';
import { isRefusal, OVERTAKEN, type LedgerView } from './ledger-view.ts';

/**
 * Tells the ledger that an attempt had exchanged data before it was called off. A peer that reports a failure fast
 * enough would otherwise have had the owner's data without a use of the grant being spent.
 */
export async function touchLate(view: LedgerView, id: AttemptId, flow: FlowRecord, steps: readonly FlowStepView[]): Promise<void> {
  if (flow.approvals[view.session.did] === undefined || flow.state === 'Succeeded') return;
  const step = steps.find(({ step: name }) => name === id.step);
  const past = step?.attempts.find(({ attempt }) => attempt === id.attempt);
  if (step === undefined || (past?.touched ?? step.touched)) return;
  // A courier that no longer answers has told its operator what it knew while it ran.
  const status = await askCourier(view.session, id, { op: 'status' }).catch(() => undefined);
  if (status?.exchanged !== true) return;
  try {
    await view.flows('touch', { flowId: id.flowId, step: id.step, attempt: id.attempt });
  } catch (error) {
    if (!isRefusal(error, ...OVERTAKEN)) throw error;
  }
}
