/** Stable codes of refused transactions and queries. */
export const CONTRACT_ERROR_CODES = [
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'FORBIDDEN',
  'ILLEGAL_TRANSITION',
  'INVALID_ARGUMENT',
  'INVALID_SIGNATURE',
  'WRONG_NETWORK',
  'EXPIRED',
  'TOO_EARLY',
  'REPLAYED',
  'UNKNOWN_METHOD',
  'CONFLICT',
  'CONSENT_REQUIRED',
  'APPROVAL_MISSING',
  'ASSET_UNAVAILABLE',
  'ALGORITHM_UNAVAILABLE',
  'IMAGE_MISMATCH',
  'INPUT_CHANGED',
  'INVITATION_USED',
  'PROOF_INVALID',
  'GRANT_MISSING',
  'GRANT_NOT_YET_VALID',
  'GRANT_EXPIRED',
  'GRANT_EXHAUSTED',
  'GRANT_REVOKED',
  'GRANT_FLOW',
  'GRANT_PURPOSE',
  'GRANT_ALGORITHM',
  'GRANT_TRUST_MODEL',
  'GRANT_WIRE_PROFILE',
  'GRANT_COLUMNS',
  'GRANT_RECEIVERS',
  'GRANT_COMPUTE_PARTIES',
  'GRANT_OPERATOR',
] as const;

export type ContractErrorCode = (typeof CONTRACT_ERROR_CODES)[number];

/** A transaction or query that the rules refuse. `message` names the field and the fix. */
export class ContractError extends Error {
  readonly code: ContractErrorCode;
  /** Path of the argument concerned, such as `steps[0].algorithm`. */
  readonly field?: string;

  constructor(code: ContractErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ContractError';
    this.code = code;
    if (options.field !== undefined) this.field = options.field;
  }
}
