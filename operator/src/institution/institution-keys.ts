import type { Sm2KeyPair } from '@collabnet/sm';
import { keyInMemory, type HeldKey } from './held-key.ts';

/** What {@link InstitutionKeys} is made of; a pair is held in memory. */
export interface InstitutionKeyParts {
  readonly sign: HeldKey | Sm2KeyPair;
  readonly agree: HeldKey | Sm2KeyPair;
  readonly formerAgree?: readonly (HeldKey | Sm2KeyPair)[];
  readonly pending?: InstitutionKeys;
}

/**
 * The institution's two SM2 keys: one signs, the other opens what was sealed for it. Kept apart from any DID string:
 * under which id a key stands, and whether it holds, only the ledger of a network can say.
 */
export class InstitutionKeys {
  readonly signPublicKey: string;
  readonly agreePublicKey: string;
  /** The keys that a rotation or a recovery is about to bring in. */
  readonly pending: InstitutionKeys | undefined;
  readonly #sign: HeldKey;
  readonly #agree: readonly HeldKey[];

  constructor({ sign, agree, formerAgree = [], pending }: InstitutionKeyParts) {
    this.#sign = held(sign);
    this.#agree = [agree, ...formerAgree].map(held);
    this.signPublicKey = sign.publicKey;
    this.agreePublicKey = agree.publicKey;
    this.pending = pending;
  }

  /** SM2 signature over the bytes, base64url of r||s. */
  sign(bytes: Uint8Array | string): Promise<string> {
    return this.#sign.sign(bytes);
  }

  /** Whether a key for decryption is held: the one in use, a pending one, or one of before a rotation. */
  opens(publicKey: string): boolean {
    return this.#opener(publicKey) !== undefined;
  }

  /** @param publicKey the key it was encrypted for; the one in use when absent */
  decrypt(ciphertext: Uint8Array, publicKey: string = this.agreePublicKey): Promise<Uint8Array> {
    const key = this.#opener(publicKey);
    if (key === undefined) return Promise.reject(new Error('the key that this was sealed for is not held any more; restore the key Secret from its backup'));
    return key.decrypt(ciphertext);
  }

  #opener(publicKey: string): HeldKey | undefined {
    const own = this.#agree.find((key) => key.publicKey === publicKey);
    return own ?? (this.pending === undefined ? undefined : this.pending.#opener(publicKey));
  }
}

function held(key: HeldKey | Sm2KeyPair): HeldKey {
  return 'privateKey' in key ? keyInMemory(key) : key;
}
