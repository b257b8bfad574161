import { sm2 } from 'sm-crypto-v2';
import { SmError } from './errors.ts';
import { fromHex, toHex } from './encoding.ts';
import { assertPrivateKey, pointOf } from './sm2-curve.ts';
import type { Bytes } from './encoding.ts';

const overhead = 1 + 64 + 32;

/**
 * SM2 public key encryption (GB/T 32918.4). Meant for keys and short secrets; seal bulk data with SM4 instead.
 * @returns C1 || C3 || C2 with C1 uncompressed from 0x04: 97 bytes longer than the plaintext
 * @throws SmError SM2_KEY_INVALID, SM2_PLAINTEXT_EMPTY
 */
export function sm2Encrypt(plaintext: Bytes, publicKey: string): Bytes {
  if (plaintext.length === 0)
    throw new SmError('SM2_PLAINTEXT_EMPTY', 'sm2Encrypt: plaintext must have at least one byte.');
  const point = pointOf(publicKey);
  for (;;) {
    const ciphertext = fromHex(`04${sm2.doEncrypt(plaintext, point)}`);
    // An all-zero key stream would send the plaintext in clear (step A5); likely with one-byte messages.
    if (!Buffer.from(ciphertext.subarray(overhead)).equals(plaintext)) return ciphertext;
  }
}

/**
 * Inverse of {@link sm2Encrypt}.
 * @throws SmError SM2_DECRYPT_FAILED for another key, a point off the curve or any changed bit; SM2_KEY_INVALID
 */
export function sm2Decrypt(ciphertext: Bytes, privateKey: string): Bytes {
  assertPrivateKey(privateKey);
  if (ciphertext.length <= overhead || ciphertext[0] !== 0x04) {
    throw new SmError('SM2_DECRYPT_FAILED', 'sm2Decrypt: not a C1 || C3 || C2 ciphertext from 0x04.');
  }
  const plaintext = attempt(toHex(ciphertext.subarray(1)), privateKey);
  // The library answers a failed C3 check with a plain empty array, not with an error.
  const failed = !(plaintext instanceof Uint8Array) || Buffer.from(plaintext).equals(ciphertext.subarray(overhead));
  if (failed)
    throw new SmError('SM2_DECRYPT_FAILED', 'sm2Decrypt: the ciphertext was not made for this key, or was changed.');
  return plaintext;
}

function attempt(hex: string, privateKey: string): unknown {
  try {
    return sm2.doDecrypt(hex, privateKey, 1, { output: 'array' });
  } catch (cause) {
    throw new SmError('SM2_DECRYPT_FAILED', 'sm2Decrypt: C1 is not a point of the curve.', { cause });
  }
}
