/** Stable failure codes of this package. */
export type CapabilityErrorCode =
  | 'CAPABILITY_MISSING'
  | 'CAPABILITY_MALFORMED'
  | 'CAPABILITY_SIGNATURE'
  | 'CAPABILITY_ISSUER'
  | 'CAPABILITY_EXPIRED'
  | 'CAPABILITY_CERTIFICATE'
  | 'CAPABILITY_SCOPE'
  | 'CAPABILITY_REUSED'
  | 'CERTIFICATE_INVALID'
  | 'CERTIFICATE_OPTIONS'
  | 'REQUEST_MALFORMED'
  | 'REQUEST_DATE'
  | 'REQUEST_SIGNATURE';

/** A capability or certificate that is refused, with the field at fault and what to do about it in the message. */
export class CapabilityError extends Error {
  override readonly name = 'CapabilityError';
  readonly code: CapabilityErrorCode;
  readonly field: string | undefined;

  constructor(code: CapabilityErrorCode, message: string, options: ErrorOptions & { field?: string } = {}) {
    super(message, options);
    this.code = code;
    this.field = options.field;
  }
}
