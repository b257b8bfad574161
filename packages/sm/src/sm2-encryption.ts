import { createHash, timingSafeEqual } from 'node:crypto';
import { SmError } from './errors.ts';
import { concatBytes, toHex } from './encoding.ts';
import { assertPrivateKey, basePoint, decodePoint, multiplySecret, pointOf } from './sm2-curve.ts';
import { sm2Kdf } from './sm2-kdf.ts';
import { randomScalar } from './sm2-keys.ts';
import type { Bytes } from './encoding.ts';
import type { Sm2Point } from './sm2-curve.ts';

const pointLength = 65;
const overhead = pointLength + 32;

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
    const k = randomScalar();
    const shared = coordinates(multiplySecret(point, k));
    const stream = sm2Kdf(shared, plaintext.length);
    // An all-zero key stream would send the plaintext in clear (step A5); likely with one-byte messages.
    if (stream.every((octet) => octet === 0)) continue;
    return concatBytes(multiplySecret(basePoint, k).toBytes(false), checkOf(shared, plaintext), xor(plaintext, stream));
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
  const shared = coordinates(multiplySecret(firstPoint(ciphertext.subarray(0, pointLength)), privateKey));
  const masked = ciphertext.subarray(overhead);
  const stream = sm2Kdf(shared, masked.length);
  const plaintext = xor(masked, stream);
  const genuine = timingSafeEqual(checkOf(shared, plaintext), ciphertext.subarray(pointLength, overhead));
  if (!genuine || stream.every((octet) => octet === 0))
    throw new SmError('SM2_DECRYPT_FAILED', 'sm2Decrypt: the ciphertext was not made for this key, or was changed.');
  return plaintext;
}

/** C1 is used once, so it is kept out of the cache of keys. */
function firstPoint(bytes: Bytes): Sm2Point {
  try {
    return decodePoint(toHex(bytes));
  } catch (cause) {
    throw new SmError('SM2_DECRYPT_FAILED', 'sm2Decrypt: C1 is not a point of the curve.', { cause });
  }
}

/** x2 and y2, 32 octets each. */
function coordinates(point: Sm2Point): readonly [Bytes, Bytes] {
  const bytes = point.toBytes(false);
  return [bytes.subarray(1, 33), bytes.subarray(33)];
}

/** C3 = SM3(x2 || M || y2). */
function checkOf([x, y]: readonly [Bytes, Bytes], plaintext: Bytes): Bytes {
  return new Uint8Array(createHash('sm3').update(x).update(plaintext).update(y).digest());
}

function xor(data: Bytes, stream: Bytes): Bytes {
  return Uint8Array.from(data, (octet, at) => octet ^ (stream[at] ?? 0));
}
