import { z } from 'zod';
import { defineMethod } from '../core/method.ts';
import { save } from '../core/store.ts';
import { spendGrant } from '../grants/use.ts';
import { keys } from '../state/keys.ts';
import { grantsOf } from './approvals.ts';
import { assertComputes, assertCurrent, assertMay, attemptArgs, flowOf, moveFlow, stepOf, termsOf } from './load.ts';
import type { FlowStepRecord } from './record.ts';

/** The first byte of an attempt was exchanged: from now on the uses are spent, whatever becomes of the attempt. */
export const touch = defineMethod(
  'flows.touch',
  z.strictObject(attemptArgs),
  (context, { flowId, step: name, attempt }) => {
    const { state } = context;
    const flow = flowOf(state, flowId);
    const step = stepOf(state, flowId, name);
    assertComputes(context, termsOf(flow, name));
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
