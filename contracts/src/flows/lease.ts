import type { AlgorithmRecord } from '../algorithms/record.ts';
import type { QueryContext } from '../core/context.ts';
import { load } from '../core/store.ts';
import { DEFAULT_RULES, type NetworkRules } from '../governance/rules.ts';
import { keys } from '../state/keys.ts';
import { missingConsents } from './approvals.ts';
import type { FlowRecord, FlowStepRecord, Lease } from './record.ts';

/** Why the named attempt has no hold on the data any more, or undefined while it has. */
export function attemptFault(
  context: QueryContext,
  flow: FlowRecord,
  step: FlowStepRecord,
  attempt: number,
  states: readonly FlowRecord['state'][],
): Pick<Lease, 'reason' | 'message'> | undefined {
  if (!states.includes(flow.state)) return { reason: 'STATE', message: `the flow is ${flow.state}` };
  if (flow.currentStep !== step.step || step.attempt !== attempt) {
    return {
      reason: 'STATE',
      message: `step ${flow.currentStep ?? 'none'} is current; of ${step.step} it is attempt ${step.attempt}`,
    };
  }
  if (context.blockTime >= flow.deadline)
    return { reason: 'EXPIRED', message: `the deadline of the flow passed at ${flow.deadline}` };
  const { name, version } = flow.steps.find((each) => each.name === step.step)?.algorithm ?? { name: '', version: '' };
  if (load<AlgorithmRecord>(context.state, keys.algorithm(name, version))?.state === 'Revoked') {
    return { reason: 'ALGORITHM_UNAVAILABLE', message: `${name} ${version} was revoked` };
  }
  const missing = missingConsents(context, flow)[0];
  return missing && { reason: missing.code, message: missing.message };
}

/** How long the attempt may go on: a lease from the block's time while all grants hold, bounded by the deadline. */
export function leaseOf(context: QueryContext, flow: FlowRecord, step: FlowStepRecord, attempt: number): Lease {
  const fault = attemptFault(context, flow, step, attempt, ['Running']);
  if (fault !== undefined) return { valid: false, until: 0, ...fault };
  return { valid: true, until: leaseEnd(context, flow) };
}

/** ms */
export function leaseEnd({ state, blockTime }: QueryContext, flow: FlowRecord): number {
  const rules = load<NetworkRules>(state, keys.rules) ?? DEFAULT_RULES;
  return Math.min(flow.deadline, blockTime + rules.leaseMs);
}
