export type MessagingErrorCode =
  | 'INVALID_TOKEN'
  | 'INVALID_NKEY'
  | 'INVALID_JWT'
  | 'INVALID_CREDENTIALS'
  | 'INVALID_CONFIG'
  | 'UNKNOWN_ACCOUNT'
  | 'CLAIMS_REFUSED'
  | 'RELOAD_REFUSED'
  | 'CONNECT_FAILED'
  | 'REQUEST_TIMEOUT'
  | 'NO_RESPONDERS'
  | 'PERMISSION_DENIED'
  | 'CONNECTION_CLOSED'
  | 'INVALID_REPLY';

/** Every failure this package reports; `code` is stable, the message names the field and the fix. */
export class MessagingError extends Error {
  override readonly name = 'MessagingError';
  readonly code: MessagingErrorCode;

  constructor(code: MessagingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
