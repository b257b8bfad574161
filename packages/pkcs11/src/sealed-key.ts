import { fromBase64Url, fromHex, randomBytes, sm2PublicKeyOf, toBase64Url, toBytes, toHex, type Bytes, type Sm2KeyPair } from '@collabnet/sm';
import { Pkcs11Error } from './errors.ts';
import type { Token } from './token.ts';

const SCHEMA = 'collabnet.dev/sm2-token-key/v1';
const IV_LENGTH = 12;
const HEX_KEY = /^[0-9a-f]{64}$/;

/** An SM2 key that only one token can open. Not secret, but whoever changes it makes it useless. */
export interface SealedKey {
  readonly schema: typeof SCHEMA;
  readonly keyId: string;
  /** Uncompressed point, hex. */
  readonly publicKey: string;
  /** Labels of the token and of the AES key in it, for people. */
  readonly token: string;
  readonly sealingKey: string;
  /** AES-256-GCM; base64url, the tag at the end of the ciphertext. */
  readonly box: { readonly iv: string; readonly ciphertext: string };
}

/** Seals a private key under the token's AES key, bound to key id and public key. @throws Pkcs11Error as {@link Token.seal} */
export async function sealKey(token: Token, keyId: string, pair: Sm2KeyPair): Promise<SealedKey> {
  const iv = randomBytes(IV_LENGTH);
  const secret = fromHex(pair.privateKey);
  const ciphertext = await token.seal(secret, iv, aadOf(keyId, pair.publicKey));
  secret.fill(0);
  return { schema: SCHEMA, keyId, publicKey: pair.publicKey, token: token.label, sealingKey: token.keyLabel, box: { iv: toBase64Url(iv), ciphertext: toBase64Url(ciphertext) } };
}

/** @throws Pkcs11Error SEALED_KEY_MALFORMED; else as {@link Token.unseal} */
export async function unsealKey(token: Token, sealed: SealedKey): Promise<Sm2KeyPair> {
  const secret = await token.unseal(fromBase64Url(sealed.box.ciphertext), fromBase64Url(sealed.box.iv), aadOf(sealed.keyId, sealed.publicKey));
  const privateKey = toHex(secret);
  secret.fill(0);
  if (!HEX_KEY.test(privateKey) || sm2PublicKeyOf(privateKey) !== sealed.publicKey) {
    throw new Pkcs11Error('SEALED_KEY_MALFORMED', `Sealed key ${sealed.keyId}: public and private key do not belong together.`);
  }
  return { privateKey, publicKey: sealed.publicKey };
}

/**
 * @param name - what the text was read from, for messages
 * @throws Pkcs11Error SEALED_KEY_MALFORMED
 */
export function parseSealedKey(text: string, name: string): SealedKey {
  try {
    const key = JSON.parse(text) as SealedKey;
    const texts = [key.keyId, key.publicKey, key.token, key.sealingKey, key.box.iv, key.box.ciphertext];
    if (key.schema === SCHEMA && texts.every((each) => typeof each === 'string') && fromBase64Url(key.box.iv).length === IV_LENGTH && fromBase64Url(key.box.ciphertext).length > 0) return key;
  } catch (cause) {
    throw new Pkcs11Error('SEALED_KEY_MALFORMED', `${name}: not a sealed key; restore it from a backup.`, { cause });
  }
  throw new Pkcs11Error('SEALED_KEY_MALFORMED', `${name}: not of schema ${SCHEMA}; restore it from a backup.`);
}

function aadOf(keyId: string, publicKey: string): Bytes {
  return toBytes(JSON.stringify([SCHEMA, keyId, publicKey]));
}
