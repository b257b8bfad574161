import { z } from 'zod';
import type { ContractContext } from '../core/context.ts';
import { defineMethod } from '../core/method.ts';
import { save } from '../core/store.ts';
import { spendGrant, spendLate } from '../grants/use.ts';
import { keys } from '../state/keys.ts';
import { grantsOf } from './approvals.ts';
import { assertComputes, assertCurrent, assertMay, attemptArgs, flowOf, moveFlow, stepOf, termsOf } from './load.ts';
import type { FlowRecord, FlowStepRecord } from './record.ts';

/**
 * The first byte of an attempt was exchanged: from now on the uses are spent, whatever becomes of the attempt. An owner
 * of an input may say so after the attempt has failed as well, for its own grants: else a peer that reports a failure
 * fast enough would have had the data for nothing.
 */
export const touch = defineMethod(
  'flows.touch',
  z.strictObject(attemptArgs),
  (context, { flowId, step: name, attempt }) => {
    const { state } = context;
    const flow = flowOf(state, flowId);
    const step = stepOf(state, flowId, name);
    const did = assertComputes(context, termsOf(flow, name));
    if (isOver(flow, step, attempt) && flow.approvals[did] !== undefined)
      return touchLate(context, flow, step, attempt, did);
    assertMay(flow, 'touch');
    assertCurrent(flow, step, attempt);
    if (step.touched) return step;
    const next: FlowStepRecord = { ...step, touched: true };
    save(state, keys.flowStep(flowId, name), next);
    for (const id of grantsOf(flow, name)) spendGrant(state, id, flowId);
    moveFlow(context, flow, 'touch', 'Running', {});
    context.emit('flow.touched', flowId, { step: name, attempt });
    return next;
  },
);

/** Whether an attempt that was once started has come to nothing: there is a later one, or the flow has ended without success. */
function isOver(flow: FlowRecord, step: FlowStepRecord, attempt: number): boolean {
  const failed = step.attempts.find((each) => each.attempt === attempt);
  if (failed !== undefined) return failed.startedAt !== undefined;
  const ended = flow.state === 'Failed' || flow.state === 'Cancelled';
  return ended && step.attempt === attempt && step.startedAt !== undefined;
}

function touchLate(
  context: ContractContext,
  flow: FlowRecord,
  step: FlowStepRecord,
  attempt: number,
  owner: string,
): FlowStepRecord {
  const { state } = context;
  const { flowId } = flow;
  const inputs = Object.entries(flow.approvals[owner]?.grants ?? {});
  const ids = inputs.filter(([input]) => input.startsWith(`${step.step}/`)).map(([, id]) => id);
  const spent = [...new Set(ids)].filter((id) => spendLate(state, id, flowId));
  if (spent.length === 0) return step;
  const next: FlowStepRecord = {
    ...step,
    touched: step.touched || step.attempt === attempt,
    attempts: step.attempts.map((each) => (each.attempt === attempt ? { ...each, touched: true } : each)),
  };
  save(state, keys.flowStep(flowId, step.step), next);
  context.emit('flow.touched', flowId, { step: step.step, attempt });
  return next;
}
