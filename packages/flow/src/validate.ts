import { checkInputs } from './check-inputs.ts';
import { checkHost } from './check-host.ts';
import { checkNames } from './check-names.ts';
import { checkOperator } from './check-operator.ts';
import { checkSteps } from './check-steps.ts';
import { FlowError } from './error.ts';
import { type FlowIssue, formatPath } from './issue.ts';
import { type FlowSpec, flowSpecSchema } from './spec.ts';

/**
 * Checks a whole task: first its shape, then names, sources, receivers, inputs, trust model and operator.
 *
 * @returns every finding; empty when the task can be proposed
 */
export function validateFlow(value: unknown): FlowIssue[] {
  const parsed = flowSpecSchema.safeParse(value);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => ({
      field: formatPath(issue.path),
      code: 'SHAPE',
      message: issue.message,
    }));
  }
  const spec = parsed.data;
  return [...checkNames(spec), ...checkSteps(spec), ...checkInputs(spec), ...checkOperator(spec), ...checkHost(spec)];
}

/**
 * {@link validateFlow} for callers that cannot go on with a faulty task.
 *
 * @throws FlowError FLOW_INVALID with all findings
 */
export function parseFlow(value: unknown): FlowSpec {
  const issues = validateFlow(value);
  if (issues.length > 0) throw new FlowError('FLOW_INVALID', issues);
  return flowSpecSchema.parse(value);
}
