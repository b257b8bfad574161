import { sm2Decrypt, sm2Sign, type Sm2KeyPair } from '@collabnet/sm';

/** The institution's two SM2 keys: one signs, the other opens what was sealed for it. Kept apart from any DID string. */
export class InstitutionKeys {
  readonly signKeyFragment: string;
  readonly agreeKeyFragment: string;
  readonly signPublicKey: string;
  readonly agreePublicKey: string;
  readonly #sign: Sm2KeyPair;
  readonly #agree: Sm2KeyPair;

  constructor(keys: { sign: Sm2KeyPair; agree: Sm2KeyPair; signFragment?: string; agreeFragment?: string }) {
    this.#sign = keys.sign;
    this.#agree = keys.agree;
    this.signPublicKey = keys.sign.publicKey;
    this.agreePublicKey = keys.agree.publicKey;
    this.signKeyFragment = keys.signFragment ?? 'key-1';
    this.agreeKeyFragment = keys.agreeFragment ?? 'agree-1';
  }

  /** SM2 signature over the bytes, base64url of r||s. */
  sign(bytes: Uint8Array | string): Promise<string> {
    return Promise.resolve(sm2Sign(bytes, this.#sign.privateKey));
  }

  decrypt(ciphertext: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(sm2Decrypt(ciphertext, this.#agree.privateKey));
  }
}
