import type { ContractContext } from '../core/context.ts';
import { load, save } from '../core/store.ts';
import { DEFAULT_RULES, type NetworkRules } from '../governance/rules.ts';
import { keys } from '../state/keys.ts';
import { endFlow } from './end.ts';
import { missingConsents } from './approvals.ts';
import { moveFlow, stepOf } from './load.ts';
import type { FlowRecord, FlowStepRecord, PastAttempt } from './record.ts';

/** Starts the first attempt of a step: its compute parties may now reserve. */
export function beginStep(context: ContractContext, flow: FlowRecord, name: string): FlowStepRecord {
  return beginAttempt(context, flow, stepOf(context.state, flow.flowId, name));
}

function beginAttempt(context: ContractContext, flow: FlowRecord, step: FlowStepRecord): FlowStepRecord {
  const rules = load<NetworkRules>(context.state, keys.rules) ?? DEFAULT_RULES;
  const next: FlowStepRecord = {
    ...step,
    state: 'Reserving',
    attempt: step.attempt + 1,
    reserveDeadline: Math.min(flow.deadline, context.blockTime + rules.reserveWindowMs),
    touched: false,
    receipts: [],
  };
  delete next.startedAt;
  save(context.state, keys.flowStep(flow.flowId, step.step), next);
  context.emit('flow.attempt', flow.flowId, { step: step.step, attempt: next.attempt });
  return next;
}

/**
 * After an attempt came to nothing: the next one, if it may be tried again, attempts are left and consent still holds;
 * else the end of the flow.
 */
export function nextAttempt(
  context: ContractContext,
  flow: FlowRecord,
  step: FlowStepRecord,
  action: 'fail' | 'expire',
  failure: { reason: string; message: string; retryable: boolean },
): FlowRecord {
  const { reason, message, retryable } = failure;
  const past: PastAttempt = {
    attempt: step.attempt,
    reason,
    message,
    reporter: context.caller.institution,
    touched: step.touched,
    ...(step.startedAt === undefined ? {} : { startedAt: step.startedAt }),
    at: context.blockTime,
  };
  const recorded: FlowStepRecord = { ...step, reason, message, attempts: [...step.attempts, past] };
  save(context.state, keys.flowStep(flow.flowId, step.step), recorded);
  const lapsed = missingConsents(context, flow)[0];
  if (!retryable || step.attempt >= flow.maxAttempts || context.blockTime >= flow.deadline || lapsed !== undefined) {
    const why =
      retryable && lapsed !== undefined ? { reason: lapsed.code, message: lapsed.message } : { reason, message };
    return endFlow(context, flow, action, 'Failed', why);
  }
  const next = moveFlow(context, flow, action, 'Pending', { reason, message });
  beginAttempt(context, next, recorded);
  return next;
}
