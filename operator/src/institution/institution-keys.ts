import { sm2Decrypt, sm2Sign, type Sm2KeyPair } from '@collabnet/sm';

/**
 * The institution's two SM2 keys: one signs, the other opens what was sealed for it. Kept apart from any DID string:
 * under which id a key stands, and whether it holds, only the ledger of a network can say.
 */
export class InstitutionKeys {
  readonly signPublicKey: string;
  readonly agreePublicKey: string;
  /** The keys that a rotation or a recovery is about to bring in. */
  readonly pending: InstitutionKeys | undefined;
  readonly #sign: Sm2KeyPair;
  readonly #agree: Sm2KeyPair;
  readonly #formerAgree: readonly Sm2KeyPair[];

  constructor(keys: { sign: Sm2KeyPair; agree: Sm2KeyPair; formerAgree?: readonly Sm2KeyPair[]; pending?: InstitutionKeys }) {
    this.#sign = keys.sign;
    this.#agree = keys.agree;
    this.#formerAgree = keys.formerAgree ?? [];
    this.signPublicKey = keys.sign.publicKey;
    this.agreePublicKey = keys.agree.publicKey;
    this.pending = keys.pending;
  }

  /** SM2 signature over the bytes, base64url of r||s. */
  sign(bytes: Uint8Array | string): Promise<string> {
    return Promise.resolve(sm2Sign(bytes, this.#sign.privateKey));
  }

  /** Whether a key for decryption is held: the one in use, a pending one, or one of before a rotation. */
  opens(publicKey: string): boolean {
    return this.#opener(publicKey) !== undefined;
  }

  /** @param publicKey the key it was encrypted for; the one in use when absent */
  decrypt(ciphertext: Uint8Array, publicKey: string = this.agreePublicKey): Promise<Uint8Array> {
    const pair = this.#opener(publicKey);
    if (pair === undefined) return Promise.reject(new Error('the key that this was sealed for is not held any more; restore the key Secret from its backup'));
    return Promise.resolve(sm2Decrypt(ciphertext, pair.privateKey));
  }

  #opener(publicKey: string): Sm2KeyPair | undefined {
    const own = [this.#agree, ...this.#formerAgree].find((pair) => pair.publicKey === publicKey);
    return own ?? (this.pending === undefined ? undefined : this.pending.#opener(publicKey));
  }
}
