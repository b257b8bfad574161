/** Stable failure codes of this package. */
export type Pkcs11ErrorCode =
  | 'MODULE_MISSING'
  | 'MODULE_UNUSABLE'
  | 'TOKEN_ABSENT'
  | 'PIN_WRONG'
  | 'PIN_LAST_TRY'
  | 'PIN_LOCKED'
  | 'KEY_ABSENT'
  | 'KEY_AMBIGUOUS'
  | 'KEY_EXPORTABLE'
  | 'SEALING_UNSUPPORTED'
  | 'SEAL_BROKEN'
  | 'SEALED_KEY_MALFORMED'
  | 'TOKEN_FAILED';

/** Any refusal by a token or its module. Messages say what to do and never carry PINs or keys. */
export class Pkcs11Error extends Error {
  override readonly name = 'Pkcs11Error';
  readonly code: Pkcs11ErrorCode;

  constructor(code: Pkcs11ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
