import type { FlowIssue } from './issue.ts';
import { OPERATOR_CATALOGUE } from './operators/catalogue.ts';
import { stepOrder } from './order.ts';
import type { FlowSpec, FlowStep } from './spec.ts';

/** Inputs from two parties, receivers inside the step's receivers, sources that exist and can be reached. */
export function checkSteps(spec: FlowSpec): FlowIssue[] {
  const issues: FlowIssue[] = [];
  spec.steps.forEach((step, s) => {
    const at = `steps[${s}]`;
    if (OPERATOR_CATALOGUE[step.operator].inputs.rows !== 'Given' && new Set(step.inputs.map((input) => input.party)).size < 2) {
      issues.push({
        field: `${at}.inputs`,
        code: 'TOO_FEW_INPUTS',
        message: 'a step joins the data of at least two parties; add an input of another party',
      });
    }
    checkOutputs(issues, at, step);
    step.inputs.forEach((input, i) => checkSource(issues, `${at}.inputs[${i}].from`, spec, input));
  });
  const { cycle } = stepOrder(spec);
  if (cycle.length > 0) {
    issues.push({
      field: 'steps',
      code: 'CYCLE',
      message: `the steps ${cycle.join(', ')} wait for each other's outputs; let one of them read an asset instead`,
    });
  }
  return issues;
}

function checkOutputs(issues: FlowIssue[], at: string, step: FlowStep): void {
  step.outputs.forEach((output, o) => {
    output.receivers.forEach((alias, i) => {
      if (step.roles.receivers.includes(alias)) return;
      issues.push({
        field: `${at}.outputs[${o}].receivers[${i}]`,
        code: 'RECEIVERS',
        message: `"${alias}" is not among the step's receivers; add it to ${at}.roles.receivers or remove it here`,
      });
    });
  });
  step.roles.receivers.forEach((alias, i) => {
    if (step.outputs.some((output) => output.receivers.includes(alias))) return;
    issues.push({
      field: `${at}.roles.receivers[${i}]`,
      code: 'RECEIVERS',
      message: `"${alias}" receives no output; name it in an output or remove it`,
    });
  });
}

function checkSource(issues: FlowIssue[], field: string, spec: FlowSpec, input: FlowStep['inputs'][number]): void {
  const { from } = input;
  // The ledger knows what an earlier task has made.
  if (from === undefined || from.flow !== undefined) return;
  const output = spec.steps.find((step) => step.name === from.step)?.outputs.find((each) => each.name === from.output);
  if (output === undefined) {
    issues.push({
      field,
      code: 'UNKNOWN_SOURCE',
      message: `no step "${from.step}" with an output "${from.output}"; name an output of another step`,
    });
  } else if (!output.receivers.includes(input.party)) {
    issues.push({
      field,
      code: 'UNKNOWN_SOURCE',
      message: `"${input.party}" does not receive ${from.step}/${from.output}; add it to that output's receivers`,
    });
  }
}
