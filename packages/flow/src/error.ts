import type { FlowIssue } from './issue.ts';

/**
 * Raised when a flow specification cannot be used.
 *
 * `issues` carries every finding, so that a person can mend all of them in one go; `message` repeats them in order.
 */
export class FlowError extends Error {
  readonly code: 'FLOW_INVALID' | 'FLOW_PROPOSAL_MISMATCH';
  readonly issues: readonly FlowIssue[];

  constructor(code: 'FLOW_INVALID' | 'FLOW_PROPOSAL_MISMATCH', issues: readonly FlowIssue[], options?: ErrorOptions) {
    super(issues.map((issue) => `${issue.field}: ${issue.message}`).join('; '), options);
    this.name = 'FlowError';
    this.code = code;
    this.issues = issues;
  }
}
