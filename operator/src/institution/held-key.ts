import { MemoryKeyStore, type KeyStore, type Sm2KeyPair } from '@collabnet/sm';
import { keyUnavailable } from './key-problem.ts';

/** A private key that is used and not seen, wherever it is. */
export interface HeldKey {
  /** Uncompressed point, hex. */
  readonly publicKey: string;
  /** SM2 signature, base64url of r||s. @throws WaitError KeyUnavailable while its store is out of reach */
  sign(message: Uint8Array | string): Promise<string>;
  /** @throws SmError SM2_DECRYPT_FAILED; WaitError KeyUnavailable */
  decrypt(ciphertext: Uint8Array): Promise<Uint8Array>;
}

/** One key of a store. @throws SmError KEY_NOT_FOUND */
export async function heldKey(store: KeyStore, keyId: string): Promise<HeldKey> {
  return held(store, keyId, await store.publicKey(keyId));
}

/** A key that lies in memory in clear. */
export function keyInMemory(pair: Sm2KeyPair): HeldKey {
  return held(new MemoryKeyStore({ key: pair }), 'key', pair.publicKey);
}

function held(store: KeyStore, keyId: string, publicKey: string): HeldKey {
  const use = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw keyUnavailable(error);
    }
  };
  return { publicKey, sign: (message) => use(store.sign(keyId, message)), decrypt: (ciphertext) => use(store.decrypt(keyId, ciphertext)) };
}
