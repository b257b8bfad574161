import { z } from 'zod';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { nextAttempt } from './begin.ts';
import { endFlow } from './end.ts';
import { assertMay, flowIdSchema, flowOf, ownersOf, stepOf } from './load.ts';

/** The proposer gives the flow up, or an owner of inputs withdraws from it. */
export const cancel = defineMethod(
  'flows.cancel',
  z.strictObject({ flowId: flowIdSchema, reason: z.string().max(512) }),
  (context, { flowId, reason }) => {
    const flow = flowOf(context.state, flowId);
    const did = context.caller.institution;
    if (did !== flow.proposer && !ownersOf(flow).includes(did)) {
      throw new ContractError('FORBIDDEN', `flows.cancel: ${did} neither proposed the flow nor owns an input`, {
        field: 'flowId',
      });
    }
    assertMay(flow, 'cancel');
    return endFlow(context, flow, 'cancel', 'Cancelled', { reason: 'CANCELLED', message: `by ${did}: ${reason}` });
  },
);

/**
 * Ends what nobody continues, by the block's time; any member may call it. A reservation that ran out leads to the next
 * attempt while there is one.
 */
export const expire = defineMethod('flows.expire', z.strictObject({ flowId: flowIdSchema }), (context, { flowId }) => {
  const { state, blockTime } = context;
  const flow = flowOf(state, flowId);
  assertMay(flow, 'expire');
  const early = (limit: number): never => {
    throw new ContractError(
      'TOO_EARLY',
      `flowId: nothing has expired; the next limit is ${limit}, it is ${blockTime}`,
      { field: 'flowId' },
    );
  };
  if (flow.state === 'AwaitingApproval') {
    if (blockTime < flow.approvalDeadline) return early(flow.approvalDeadline);
    return endFlow(context, flow, 'expire', 'Failed', {
      reason: 'APPROVAL_EXPIRED',
      message: 'not all consents and confirmations came in time',
    });
  }
  if (blockTime >= flow.deadline) {
    return endFlow(context, flow, 'expire', 'Failed', {
      reason: 'DEADLINE_EXCEEDED',
      message: 'the flow did not finish in time',
    });
  }
  const step = stepOf(state, flowId, flow.currentStep ?? '');
  if (flow.state === 'Running' || blockTime < (step.reserveDeadline ?? flow.deadline)) {
    return early(flow.state === 'Running' ? flow.deadline : (step.reserveDeadline ?? flow.deadline));
  }
  const failure = {
    reason: 'RESERVATION_EXPIRED',
    message: 'not all compute parties reserved in time',
    retryable: true,
  };
  return nextAttempt(context, flow, step, 'expire', failure);
});
