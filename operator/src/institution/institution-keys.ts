import type { Sm2KeyPair } from '@collabnet/sm';
import { keyInMemory, type HeldKey } from './held-key.ts';

/** The institution's two SM2 keys: one signs, the other opens what was sealed for it. Kept apart from any DID string. */
export class InstitutionKeys {
  readonly signKeyFragment: string;
  readonly agreeKeyFragment: string;
  readonly signPublicKey: string;
  readonly agreePublicKey: string;
  readonly #sign: HeldKey;
  readonly #agree: HeldKey;

  /** @param keys a pair is held in memory */
  constructor(keys: { sign: HeldKey | Sm2KeyPair; agree: HeldKey | Sm2KeyPair; signFragment?: string; agreeFragment?: string }) {
    this.#sign = held(keys.sign);
    this.#agree = held(keys.agree);
    this.signPublicKey = keys.sign.publicKey;
    this.agreePublicKey = keys.agree.publicKey;
    this.signKeyFragment = keys.signFragment ?? 'key-1';
    this.agreeKeyFragment = keys.agreeFragment ?? 'agree-1';
  }

  /** SM2 signature over the bytes, base64url of r||s. */
  sign(bytes: Uint8Array | string): Promise<string> {
    return this.#sign.sign(bytes);
  }

  decrypt(ciphertext: Uint8Array): Promise<Uint8Array> {
    return this.#agree.decrypt(ciphertext);
  }
}

function held(key: HeldKey | Sm2KeyPair): HeldKey {
  return 'privateKey' in key ? keyInMemory(key) : key;
}
