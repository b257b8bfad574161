/** Stable failure codes of this package. */
export type SmErrorCode =
  | 'SM2_KEY_INVALID'
  | 'SM2_PLAINTEXT_EMPTY'
  | 'SM2_DECRYPT_FAILED'
  | 'SM2_AGREEMENT_FAILED'
  | 'SM4_KEY_INVALID'
  | 'SM4_AUTHENTICATION_FAILED'
  | 'ENCODING_MALFORMED'
  | 'MULTIKEY_MALFORMED'
  | 'LENGTH_INVALID'
  | 'KEY_NOT_FOUND'
  | 'KEY_EXISTS'
  | 'KEY_FILE_MALFORMED'
  | 'KEY_PASSPHRASE_WRONG';

/** Any refusal by the SM facade. Messages never carry keys, plaintext or passphrases. */
export class SmError extends Error {
  override readonly name = 'SmError';
  readonly code: SmErrorCode;

  constructor(code: SmErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
