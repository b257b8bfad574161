import { SmError, sm2Decrypt, sm2Sign, type Bytes, type KeyStore, type Sm2KeyPair } from '@collabnet/sm';
import { unsealKey, type SealedKey } from './sealed-key.ts';
import type { Token } from './token.ts';

/**
 * SM2 keys sealed under an AES key of a token. The token opens a key anew for each use, and nothing of it is kept: a
 * token that is taken away ends every further use. The SM2 operation itself runs in this process.
 */
export class TokenKeyStore implements KeyStore {
  readonly #token: Token;
  readonly #keys: ReadonlyMap<string, SealedKey>;

  /** @param keys - by key id, which must be the one each was sealed with */
  constructor(token: Token, keys: readonly SealedKey[]) {
    this.#token = token;
    this.#keys = new Map(keys.map((key) => [key.keyId, key]));
  }

  async publicKey(keyId: string): Promise<string> {
    return (await this.#sealed(keyId)).publicKey;
  }

  async sign(keyId: string, message: Bytes | string): Promise<string> {
    const { privateKey, publicKey } = await this.#unseal(keyId);
    return sm2Sign(message, privateKey, publicKey);
  }

  async decrypt(keyId: string, ciphertext: Bytes): Promise<Bytes> {
    return sm2Decrypt(ciphertext, (await this.#unseal(keyId)).privateKey);
  }

  /** Opens a key and lets go of it, to learn early whether it could be used. */
  async check(keyId: string): Promise<void> {
    await this.#unseal(keyId);
  }

  async #unseal(keyId: string): Promise<Sm2KeyPair> {
    return unsealKey(this.#token, await this.#sealed(keyId));
  }

  #sealed(keyId: string): Promise<SealedKey> {
    const sealed = this.#keys.get(keyId);
    return sealed ? Promise.resolve(sealed) : Promise.reject(new SmError('KEY_NOT_FOUND', `Key store: no key ${keyId}.`));
  }
}
