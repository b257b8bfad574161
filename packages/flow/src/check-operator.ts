import type { FlowIssue } from './issue.ts';
import { parameterIssues } from './operators/catalogue.ts';
import { isWithin, rangeText } from './party-range.ts';
import type { FlowSpec, FlowStep } from './spec.ts';
import { COMPUTE_PARTIES, PSI_PROTOCOLS, REFUSED_PROTOCOLS } from './vocabulary.ts';

/** What the trust model and the operator demand of a step. */
export function checkOperator(spec: FlowSpec): FlowIssue[] {
  return spec.steps.flatMap((step, s) => {
    const at = `steps[${s}]`;
    return [...checkTrustModel(at, spec, step), ...checkParameters(at, step), ...checkKeys(at, step), ...checkParties(at, step)];
  });
}

function checkTrustModel(at: string, { trustModel }: FlowSpec, { roles }: FlowStep): FlowIssue[] {
  const range = COMPUTE_PARTIES[trustModel];
  const parties = roles.compute.length;
  if (isWithin(range, parties)) return [];
  return [{ field: `${at}.roles.compute`, code: 'COMPUTE_PARTIES', message: `${trustModel} needs ${rangeText(range)} compute parties, not ${parties}` }];
}

function checkParameters(at: string, { operator, parameters }: FlowStep): FlowIssue[] {
  const { protocol } = parameters;
  if (typeof protocol === 'string' && REFUSED_PROTOCOLS.some((refused) => refused === protocol.toUpperCase())) {
    const message = `${protocol} relies on one party for all randomness and is refused; use ${PSI_PROTOCOLS.join(' or ')}`;
    return [{ field: `${at}.parameters.protocol`, code: 'PROTOCOL_REFUSED', message }];
  }
  return parameterIssues(operator, parameters, `${at}.parameters`);
}

function checkKeys(at: string, { inputs }: FlowStep): FlowIssue[] {
  const first = inputs[0];
  return inputs.flatMap((input, i): FlowIssue[] => {
    if (first === undefined || input.keys.length === first.keys.length) return [];
    const message = `has ${input.keys.length} columns while input "${first.name}" has ${first.keys.length}; composite keys pair up by position, so name equally many`;
    return [{ field: `${at}.inputs[${i}].keys`, code: 'KEY_COUNT', message }];
  });
}

/** Operators on sets run where the sets are, and their results appear there. */
function checkParties(at: string, { inputs, roles }: FlowStep): FlowIssue[] {
  const owners = [...new Set(inputs.map((input) => input.party))].sort();
  const compute = [...roles.compute].sort();
  const issues: FlowIssue[] = roles.receivers.flatMap((alias, i): FlowIssue[] =>
    roles.compute.includes(alias)
      ? []
      : [{ field: `${at}.roles.receivers[${i}]`, code: 'RECEIVERS', message: `the result appears at the compute parties; name one of ${compute.join(' and ')} or compute at "${alias}" too` }],
  );
  if (owners.join() === compute.join()) return issues;
  return [...issues, { field: `${at}.roles.compute`, code: 'COMPUTE_PARTIES', message: `the step runs at the parties that own its inputs; name exactly ${owners.join(' and ')}` }];
}
