import { SmError } from './errors.ts';
import { sm2Decrypt } from './sm2-encryption.ts';
import { sm2Sign } from './sm2-signature.ts';
import type { Bytes } from './encoding.ts';
import type { Sm2KeyPair } from './sm2-keys.ts';

/** Use of private keys without handing them out: a file, a Secret, a crypto module or a remote signer. */
export interface KeyStore {
  /** Uncompressed public key, hex. @throws SmError KEY_NOT_FOUND */
  publicKey(keyId: string): Promise<string>;
  /** {@link sm2Sign} with the named key. @throws SmError KEY_NOT_FOUND */
  sign(keyId: string, message: Bytes | string): Promise<string>;
  /** {@link sm2Decrypt} with the named key. @throws SmError KEY_NOT_FOUND, SM2_DECRYPT_FAILED */
  decrypt(keyId: string, ciphertext: Bytes): Promise<Bytes>;
}

/** Keys held in memory, by key id. */
export class MemoryKeyStore implements KeyStore {
  readonly #keys: ReadonlyMap<string, Sm2KeyPair>;

  constructor(keys: Readonly<Record<string, Sm2KeyPair>>) {
    this.#keys = new Map(Object.entries(keys));
  }

  async publicKey(keyId: string): Promise<string> {
    return (await this.#key(keyId)).publicKey;
  }

  async sign(keyId: string, message: Bytes | string): Promise<string> {
    return sm2Sign(message, (await this.#key(keyId)).privateKey);
  }

  async decrypt(keyId: string, ciphertext: Bytes): Promise<Bytes> {
    return sm2Decrypt(ciphertext, (await this.#key(keyId)).privateKey);
  }

  #key(keyId: string): Promise<Sm2KeyPair> {
    const pair = this.#keys.get(keyId);
    return pair ? Promise.resolve(pair) : Promise.reject(new SmError('KEY_NOT_FOUND', `Key store: no key ${keyId}.`));
  }
}
