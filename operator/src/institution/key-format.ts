import { parseSealedKey, sealKey, TokenKeyStore, type Token } from '@collabnet/pkcs11';
import { generateSm2KeyPair, sm2PublicKeyOf } from '@collabnet/sm';
import { StalledError } from '../runtime/index.ts';
import { heldKey, keyInMemory, type HeldKey } from './held-key.ts';

/** What a key of the institution is for. */
export type KeyUse = 'sign' | 'agree';

/** How a private key stands in an entry of a Secret: one line of text, in clear or sealed. */
export interface KeyFormat {
  /** Text of a new key. */
  make(use: KeyUse): Promise<string>;
  /**
   * @param where - Secret and entry, for messages
   * @throws StalledError InvalidKeySecret
   */
  open(use: KeyUse, text: string, where: string): Promise<HeldKey>;
}

const HEX_KEY = /^[0-9a-f]{64}$/;

/** SM2 private keys in hex: whoever reads the Secret holds the key. */
export const clearKeys: KeyFormat = {
  make: () => Promise.resolve(generateSm2KeyPair().privateKey),
  open: (_use, text, where) => {
    const privateKey = text.trim();
    if (!HEX_KEY.test(privateKey)) return Promise.reject(new StalledError('InvalidKeySecret', `${where} must be an SM2 private key of 64 hex digits`));
    return Promise.resolve(keyInMemory({ privateKey, publicKey: sm2PublicKeyOf(privateKey) }));
  },
};

/** Keys that a token sealed and opens at each use, bound to what they are for. */
export function sealedKeys(token: Token): KeyFormat {
  return {
    make: async (use) => JSON.stringify(await sealKey(token, use, generateSm2KeyPair())),
    open: async (use, text, where) => {
      const sealed = parseSealedKey(text, where);
      const store = new TokenKeyStore(token, [sealed]);
      if (sealed.keyId !== use) throw new StalledError('InvalidKeySecret', `${where}: it was sealed as the key '${sealed.keyId}'; put the right entry there`);
      // Tried now, so that what is wrong shows here and not in the middle of a task.
      await store.check(use);
      return heldKey(store, use);
    },
  };
}
