/** Stable failure codes of the result store. Codes of capabilities and signed requests are passed on as they are. */
export type StoreErrorCode =
  | 'STORE_CONFIG'
  | 'STORE_KEY'
  | 'STORE_FULL'
  | 'RESULT_TOO_LARGE'
  | 'RESULT_EXISTS'
  | 'RESULT_CORRUPT'
  | 'RESULT_BUSY'
  | 'UPLOAD_ABORTED'
  | 'CLIENT_ABORTED'
  | 'NOT_FOUND'
  | 'MODEL_SHARE'
  | 'FORBIDDEN'
  | 'METHOD_NOT_ALLOWED'
  | 'INVALID_ARGUMENT'
  | 'CLIENT_CERTIFICATE'
  | 'CAPABILITY_SCOPE'
  | 'CAPABILITY_REUSED'
  | 'REQUEST_REPLAYED'
  | 'PERSON_UNKNOWN'
  | 'PERSON_ROLE'
  | 'LEDGER_UNAVAILABLE';

/** A refusal by the result store. Messages never hold a byte of a result. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly field: string | undefined;

  constructor(code: StoreErrorCode, message: string, options: ErrorOptions & { field?: string } = {}) {
    super(message, options);
    this.code = code;
    this.field = options.field;
  }
}
