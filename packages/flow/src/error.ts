import type { FlowIssue } from './issue.ts';

export type FlowErrorCode = 'FLOW_INVALID' | 'FLOW_PROPOSAL_MISMATCH' | 'EXPRESSION_INVALID';

/**
 * Raised when a flow specification cannot be used.
 *
 * `issues` carries every finding, so that a person can mend all of them in one go; `message` repeats them in order.
 */
export class FlowError extends Error {
  readonly code: FlowErrorCode;
  readonly issues: readonly FlowIssue[];

  constructor(code: FlowErrorCode, issues: readonly FlowIssue[], options?: ErrorOptions) {
    super(issues.map((issue) => `${issue.field}: ${issue.message}`).join('; '), options);
    this.name = 'FlowError';
    this.code = code;
    this.issues = issues;
  }
}
