import { z } from 'zod';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { nextAttempt } from './begin.ts';
import { assertComputes, assertCurrent, assertMay, attemptArgs, flowOf, stepOf, termsOf } from './load.ts';

const failArgs = z.strictObject({
  ...attemptArgs,
  /** Stable word, such as `PEER_LOST`. */
  reason: z.string().regex(/^[A-Z][A-Z0-9_]{1,63}$/, 'use capitals, digits and underscores'),
  /** For people; never data. */
  message: z.string().max(512),
  retryable: z.boolean(),
});

/** A compute party reports that an attempt came to nothing. A report on an attempt that is over changes nothing. */
export const fail = defineMethod('flows.fail', failArgs, (context, { flowId, step: name, attempt, ...failure }) => {
  const flow = flowOf(context.state, flowId);
  const step = stepOf(context.state, flowId, name);
  assertComputes(context, termsOf(flow, name));
  assertMay(flow, 'fail');
  if (flow.currentStep === name && attempt < step.attempt) return flow;
  if (flow.currentStep !== name || attempt > step.attempt) assertCurrent(flow, step, attempt);
  if (step.receipts.includes(context.caller.institution)) {
    throw new ContractError(
      'CONFLICT',
      `attempt: this party has a receipt of success for attempt ${attempt} on the ledger`,
      { field: 'attempt' },
    );
  }
  return nextAttempt(context, flow, step, 'fail', failure);
});
