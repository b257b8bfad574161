import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { SmError } from './errors.ts';
import { randomBytes } from './random.ts';
import { hkdfSm3 } from './sm3.ts';
import type { Bytes } from './encoding.ts';

/** An authenticated ciphertext: 16 byte counter block, ciphertext as long as the plaintext, 32 byte tag. */
export interface Sm4Box {
  nonce: Bytes;
  ciphertext: Bytes;
  tag: Bytes;
}

/** Octets of the master key that {@link sealSm4} takes. */
export const sm4KeyLength = 32;
const nonceLength = 16;

/**
 * Encrypts with SM4-CTR, then authenticates with HMAC-SM3 over the length-prefixed associated data, nonce and
 * ciphertext. `node:crypto` has no SM4-GCM; encrypt-then-MAC over its native CTR runs two orders faster than GCM in
 * JavaScript. Both keys come out of the master key by HKDF, so neither is used twice.
 * @param key 32 bytes; @param aad data that must be the same on opening
 * @throws SmError SM4_KEY_INVALID
 */
export function sealSm4(key: Bytes, plaintext: Bytes, aad: Bytes): Sm4Box {
  const { encryption, mac } = deriveKeys(key);
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('sm4-ctr', encryption, nonce);
  const ciphertext = new Uint8Array(Buffer.concat([cipher.update(plaintext), cipher.final()]));
  return { nonce, ciphertext, tag: tagOf(mac, aad, nonce, ciphertext) };
}

/**
 * Checks the tag in constant time and only then decrypts.
 * @throws SmError SM4_AUTHENTICATION_FAILED when key, associated data or any bit of the box differs; SM4_KEY_INVALID
 */
export function openSm4(key: Bytes, box: Sm4Box, aad: Bytes): Bytes {
  const { encryption, mac } = deriveKeys(key);
  const expected = tagOf(mac, aad, box.nonce, box.ciphertext);
  const genuine = box.nonce.length === nonceLength && box.tag.length === expected.length;
  if (!genuine || !timingSafeEqual(expected, box.tag)) {
    throw new SmError(
      'SM4_AUTHENTICATION_FAILED',
      'SM4 box: the key, the associated data or the box is not the one sealed.',
    );
  }
  const decipher = createDecipheriv('sm4-ctr', encryption, box.nonce);
  return new Uint8Array(Buffer.concat([decipher.update(box.ciphertext), decipher.final()]));
}

function deriveKeys(key: Bytes): { encryption: Bytes; mac: Bytes } {
  if (key.length !== sm4KeyLength) throw new SmError('SM4_KEY_INVALID', 'SM4 box: key must have 32 bytes.');
  const okm = hkdfSm3(key, new Uint8Array(0), 'collabnet/sm4-ctr-hmac-sm3/v1', 48);
  return { encryption: okm.subarray(0, 16), mac: okm.subarray(16) };
}

function tagOf(mac: Bytes, aad: Bytes, nonce: Bytes, ciphertext: Bytes): Bytes {
  const hmac = createHmac('sm3', mac);
  // Length prefixes: without them bytes could move from one part to the next under the same tag.
  for (const part of [aad, nonce, ciphertext]) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(part.length));
    hmac.update(length).update(part);
  }
  return new Uint8Array(hmac.digest());
}
