import type { FlowIssue } from './issue.ts';
import type { FlowSpec, FlowStep } from './spec.ts';
import { trustedHostOf, SIMULATOR_VERIFIER } from './trusted-host.ts';

/** Whether a step in a trusted execution environment has a host, and a verifier that fits what the task trusts. */
export function checkHost(spec: FlowSpec): FlowIssue[] {
  return spec.steps.flatMap((step, s) => checkStep(`steps[${s}].parameters`, spec, step));
}

function checkStep(at: string, spec: FlowSpec, step: FlowStep): FlowIssue[] {
  const host = trustedHostOf(spec, step);
  if (host === undefined || step.parameters['host'] === undefined) return [];
  const issue = (field: string, message: string): FlowIssue => ({ field: `${at}.${field}`, code: 'TRUST_MODEL', message });
  const issues = step.roles.compute.includes(host.party) ? [] : [issue('host', `"${host.party}" does not compute; name one of ${step.roles.compute.join(', ')}`)];
  if (host.simulated) {
    return host.verifier === SIMULATOR_VERIFIER ? issues : [...issues, issue('verifier', 'SimulatedTrustedExecution has the verifier of the simulator; leave it out, or set trustModel: TrustedExecution')];
  }
  if (host.verifier !== SIMULATOR_VERIFIER) return issues;
  return [...issues, issue('verifier', 'TrustedExecution needs the thumbprint of a verifier that the parties trust, and the simulator protects nothing')];
}
