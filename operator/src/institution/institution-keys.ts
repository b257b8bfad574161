import { MemoryKeyStore, type KeyStore, type Sm2KeyPair } from '@collabnet/sm';
import { keyUnavailable } from './key-problem.ts';

/** One key of the institution: its id in the store, which is its fragment in the DID document, and its public half. */
export interface InstitutionKey {
  readonly fragment: string;
  /** Uncompressed point, hex. */
  readonly publicKey: string;
}

/** The institution's two SM2 keys: one signs, the other opens what was sealed for it. Kept apart from any DID string. */
export class InstitutionKeys {
  readonly signKeyFragment: string;
  readonly agreeKeyFragment: string;
  readonly signPublicKey: string;
  readonly agreePublicKey: string;
  readonly #store: KeyStore;

  /** @param keys - the store knows each key by its fragment */
  constructor({ store, sign, agree }: { store: KeyStore; sign: InstitutionKey; agree: InstitutionKey }) {
    this.#store = store;
    this.signPublicKey = sign.publicKey;
    this.agreePublicKey = agree.publicKey;
    this.signKeyFragment = sign.fragment;
    this.agreeKeyFragment = agree.fragment;
  }

  /** Keys held in memory. */
  static of(keys: { sign: Sm2KeyPair; agree: Sm2KeyPair; signFragment?: string; agreeFragment?: string }): InstitutionKeys {
    const { sign, agree, signFragment = 'key-1', agreeFragment = 'agree-1' } = keys;
    const store = new MemoryKeyStore({ [signFragment]: sign, [agreeFragment]: agree });
    return new InstitutionKeys({ store, sign: { fragment: signFragment, publicKey: sign.publicKey }, agree: { fragment: agreeFragment, publicKey: agree.publicKey } });
  }

  /** Reads the public keys of the store. @throws what the store throws for a key it does not have */
  static async from(store: KeyStore, fragments: { sign: string; agree: string }): Promise<InstitutionKeys> {
    const key = async (fragment: string): Promise<InstitutionKey> => ({ fragment, publicKey: await store.publicKey(fragment) });
    return new InstitutionKeys({ store, sign: await key(fragments.sign), agree: await key(fragments.agree) });
  }

  /** SM2 signature over the bytes, base64url of r||s. @throws WaitError KeyUnavailable while the store is out of reach */
  async sign(bytes: Uint8Array | string): Promise<string> {
    try {
      return await this.#store.sign(this.signKeyFragment, bytes);
    } catch (error) {
      throw keyUnavailable(error);
    }
  }

  async decrypt(ciphertext: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#store.decrypt(this.agreeKeyFragment, ciphertext);
    } catch (error) {
      throw keyUnavailable(error);
    }
  }
}
