import type { FlowIssue } from './issue.ts';
import type { FlowSpec } from './spec.ts';

/** Names must be unique in their list, and every alias must be one of `spec.parties`. */
export function checkNames(spec: FlowSpec): FlowIssue[] {
  const issues: FlowIssue[] = [];
  const aliases = new Set(spec.parties.map((party) => party.name));
  unique(
    issues,
    'parties',
    'name',
    spec.parties.map((party) => party.name),
  );
  unique(
    issues,
    'parties',
    'did',
    spec.parties.map((party) => party.did),
  );
  unique(issues, 'auditors', '', spec.auditors);
  unique(
    issues,
    'steps',
    'name',
    spec.steps.map((step) => step.name),
  );

  const known = (field: string, alias: string): void => {
    if (aliases.has(alias)) return;
    issues.push({
      field,
      code: 'UNKNOWN_PARTY',
      message: `"${alias}" is no party of this task; name one of ${[...aliases].join(', ')} or add it to parties`,
    });
  };
  spec.steps.forEach((step, s) => {
    const at = `steps[${s}]`;
    unique(
      issues,
      `${at}.inputs`,
      'name',
      step.inputs.map((input) => input.name),
    );
    unique(
      issues,
      `${at}.outputs`,
      'name',
      step.outputs.map((output) => output.name),
    );
    unique(issues, `${at}.roles.compute`, '', step.roles.compute);
    unique(issues, `${at}.roles.receivers`, '', step.roles.receivers);
    step.roles.compute.forEach((alias, i) => known(`${at}.roles.compute[${i}]`, alias));
    step.roles.receivers.forEach((alias, i) => known(`${at}.roles.receivers[${i}]`, alias));
    step.inputs.forEach((input, i) => {
      known(`${at}.inputs[${i}].party`, input.party);
      unique(issues, `${at}.inputs[${i}].keys`, '', input.keys);
      unique(issues, `${at}.inputs[${i}].columns`, '', [...input.keys, ...input.columns], input.keys.length);
    });
    step.outputs.forEach((output, o) => {
      unique(issues, `${at}.outputs[${o}].receivers`, '', output.receivers);
      output.receivers.forEach((alias, i) => known(`${at}.outputs[${o}].receivers[${i}]`, alias));
    });
  });
  const used = new Set(
    spec.steps.flatMap((step) => [
      ...step.roles.compute,
      ...step.roles.receivers,
      ...step.inputs.map((input) => input.party),
    ]),
  );
  // Who has data in a model of an earlier task must be a party, without a part in any step; the ledger knows who that is.
  const usesModels = spec.steps.some((step) => step.inputs.some(({ from }) => from?.flow !== undefined));
  spec.parties.forEach((party, i) => {
    if (usesModels || used.has(party.name)) return;
    issues.push({
      field: `parties[${i}]`,
      code: 'UNUSED_PARTY',
      message: `"${party.name}" has no part in any step; remove it, or name it as an auditor if it shall only read`,
    });
  });
  return issues;
}

/** `offset` skips positions that an earlier check of the same list has reported already. */
function unique(issues: FlowIssue[], field: string, member: string, values: readonly string[], offset = 0): void {
  const seen = new Set<string>();
  values.forEach((value, i) => {
    if (seen.has(value) && i >= offset) {
      const position = `${field}[${i - offset}]`;
      issues.push({
        field: member === '' ? position : `${position}.${member}`,
        code: 'DUPLICATE_NAME',
        message: `"${value}" is named twice; give each entry its own value`,
      });
    }
    seen.add(value);
  });
}
