/** Stable codes of the findings of {@link validateFlow}. */
export type FlowIssueCode =
  | 'SHAPE'
  | 'DUPLICATE_NAME'
  | 'UNKNOWN_PARTY'
  | 'PARAMETER'
  | 'ENGINE'
  | 'PROTOCOL_REFUSED'
  | 'TOO_FEW_INPUTS'
  | 'KEY_COUNT'
  | 'COMPUTE_PARTIES'
  | 'RECEIVERS'
  | 'UNKNOWN_SOURCE'
  | 'INPUT_KIND'
  | 'INPUT_COLUMN'
  | 'OUTPUT_COUNT'
  | 'TRUST_MODEL'
  | 'CYCLE'
  | 'UNUSED_PARTY'
  | 'DURATION';

/** One finding: where (`steps[0].inputs[1].keys`), what is wrong and how to mend it. */
export interface FlowIssue {
  readonly field: string;
  readonly code: FlowIssueCode;
  readonly message: string;
}

/** Formats a path such as `['steps', 0, 'inputs']` as `steps[0].inputs`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text === '' ? '(root)' : text;
}
