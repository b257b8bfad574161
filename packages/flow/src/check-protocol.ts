import type { FlowIssue } from './issue.ts';
import type { FlowSpec, FlowStep } from './spec.ts';
import { COMPUTE_PARTIES, JOINS, PSI_PROTOCOLS, REFUSED_PROTOCOLS } from './vocabulary.ts';

/** A private set intersection: by its algorithm name (`psi`, `spu-psi`) or because it names a join. */
export function isIntersection(step: Pick<FlowStep, 'algorithm' | 'parameters'>): boolean {
  return step.algorithm.name.split('-').includes('psi') || 'join' in step.parameters;
}

/** What the trust model, the algorithm and its parameters demand of a step. */
export function checkProtocol(spec: FlowSpec): FlowIssue[] {
  const issues: FlowIssue[] = [];
  spec.steps.forEach((step, s) => {
    const at = `steps[${s}]`;
    const wanted = COMPUTE_PARTIES[spec.trustModel];
    if (step.roles.compute.length !== wanted) {
      issues.push({
        field: `${at}.roles.compute`,
        code: 'COMPUTE_PARTIES',
        message: `${spec.trustModel} needs exactly ${wanted} compute parties, not ${step.roles.compute.length}`,
      });
    }
    const { protocol } = step.parameters;
    if (typeof protocol === 'string' && REFUSED_PROTOCOLS.some((refused) => refused === protocol.toUpperCase())) {
      issues.push({
        field: `${at}.parameters.protocol`,
        code: 'PROTOCOL_REFUSED',
        message: `${protocol} relies on one party for all randomness and is refused; use ${PSI_PROTOCOLS.join(' or ')}`,
      });
    } else if (isIntersection(step) && protocol !== undefined) {
      oneOf(issues, `${at}.parameters.protocol`, 'UNKNOWN_PROTOCOL', protocol, PSI_PROTOCOLS);
    }
    checkKeys(issues, at, step);
    if (isIntersection(step)) checkIntersection(issues, at, step);
  });
  return issues;
}

function checkKeys(issues: FlowIssue[], at: string, step: FlowStep): void {
  const first = step.inputs[0];
  step.inputs.forEach((input, i) => {
    if (first === undefined || input.keys.length === first.keys.length) return;
    issues.push({
      field: `${at}.inputs[${i}].keys`,
      code: 'KEY_COUNT',
      message: `has ${input.keys.length} columns while input "${first.name}" has ${first.keys.length}; composite keys pair up by position, so name equally many`,
    });
  });
}

function checkIntersection(issues: FlowIssue[], at: string, step: FlowStep): void {
  oneOf(issues, `${at}.parameters.join`, 'UNKNOWN_JOIN', step.parameters['join'], JOINS);
  const owners = [...new Set(step.inputs.map((input) => input.party))].sort();
  const compute = [...step.roles.compute].sort();
  step.roles.receivers.forEach((alias, i) => {
    if (step.roles.compute.includes(alias)) return;
    issues.push({
      field: `${at}.roles.receivers[${i}]`,
      code: 'RECEIVERS',
      message: `the result of an intersection appears at its compute parties; name one of ${compute.join(' and ')} or compute at "${alias}" too`,
    });
  });
  if (owners.join() !== compute.join()) {
    issues.push({
      field: `${at}.roles.compute`,
      code: 'COMPUTE_PARTIES',
      message: `an intersection runs at the parties that own its inputs; name exactly ${owners.join(' and ')}`,
    });
  }
}

function oneOf(
  issues: FlowIssue[],
  field: string,
  code: 'UNKNOWN_JOIN' | 'UNKNOWN_PROTOCOL',
  value: string | number | boolean | undefined,
  allowed: readonly string[],
): void {
  if (typeof value === 'string' && allowed.includes(value)) return;
  const said = value === undefined ? 'is missing' : `"${String(value)}" is unknown`;
  issues.push({ field, code, message: `${said}; use ${allowed.join(' or ')}` });
}
