/** Stable failure codes of this package. */
export type DidErrorCode = 'DID_MALFORMED' | 'KEY_PURPOSE_UNKNOWN' | 'ROTATION_INVALID' | 'DEACTIVATED';

/** A DID, a document or a change to one that cannot be accepted. */
export class DidError extends Error {
  override readonly name = 'DidError';
  readonly code: DidErrorCode;

  constructor(code: DidErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
