/** Stable failure codes of this package. */
export type EnvelopeErrorCode =
  | 'SCHEMA_UNSUPPORTED'
  | 'MALFORMED'
  | 'NETWORK_MISMATCH'
  | 'EXPIRED'
  | 'LIFETIME_TOO_LONG'
  | 'SIGNATURE_INVALID'
  | 'KEY_UNKNOWN'
  | 'DELEGATION_INVALID'
  | 'CONSENT_NEEDS_PERSON_KEY'
  | 'JSON_UNSUPPORTED'
  | 'SEALED_UNREADABLE';

/** A transaction, delegation or sealed part that is refused. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
  readonly code: EnvelopeErrorCode;

  constructor(code: EnvelopeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
