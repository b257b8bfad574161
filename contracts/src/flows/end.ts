import type { ContractContext } from '../core/context.ts';
import type { EventType } from '../core/parties.ts';
import { load, save } from '../core/store.ts';
import { releaseGrant } from '../grants/use.ts';
import { keys } from '../state/keys.ts';
import { grantsOf } from './approvals.ts';
import { noLongerOpen } from './indexes.ts';
import { moveFlow } from './load.ts';
import type { FlowRecord, FlowStepRecord } from './record.ts';
import type { FlowAction } from './states.ts';

type End = 'Succeeded' | 'Failed' | 'Cancelled' | 'ApprovalReject';

const EVENTS: Readonly<Record<End, EventType>> = {
  Succeeded: 'flow.succeeded',
  Failed: 'flow.failed',
  Cancelled: 'flow.cancelled',
  ApprovalReject: 'flow.rejected',
};

/** Ends a flow: its steps, its indexes, and the uses that were reserved and never spent. */
export function endFlow(
  context: ContractContext,
  flow: FlowRecord,
  action: FlowAction,
  to: End,
  why: { reason?: string; message?: string } = {},
): FlowRecord {
  const { state, blockTime } = context;
  const next = moveFlow(context, flow, action, to, { ...why, finishedAt: blockTime });
  for (const terms of flow.steps) {
    const step = load<FlowStepRecord>(state, keys.flowStep(flow.flowId, terms.name));
    if (step === undefined || step.state === 'Succeeded') continue;
    const ended = step.step === flow.currentStep && to === 'Failed' ? 'Failed' : 'Cancelled';
    save(state, keys.flowStep(flow.flowId, terms.name), { ...step, ...why, state: ended, finishedAt: blockTime });
  }
  for (const id of grantsOf(flow)) releaseGrant(state, id, flow.flowId);
  noLongerOpen(state, flow);
  context.emit(EVENTS[to], flow.flowId, { ...why });
  return next;
}
