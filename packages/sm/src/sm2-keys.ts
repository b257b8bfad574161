import { randomBytes } from './random.ts';
import { toHex } from './encoding.ts';
import { assertPrivateKey, basePoint, isPrivateKey, multiplySecret, pointOf, uncompressedHex } from './sm2-curve.ts';

/** An SM2 key pair in hex. */
export interface Sm2KeyPair {
  /** 64 hex digits. Secret. */
  privateKey: string;
  /** Uncompressed point, 130 hex digits from 04. */
  publicKey: string;
}

/** A fresh key pair, uniform in [1, n-2] by rejection from `node:crypto` randomness (GB/T 32918.1 §6.1). */
export function generateSm2KeyPair(): Sm2KeyPair {
  const privateKey = randomScalar();
  return { privateKey, publicKey: sm2PublicKeyOf(privateKey) };
}

/** 64 hex digits of a secret scalar, uniform in [1, n-2]. */
export function randomScalar(): string {
  for (;;) {
    const scalar = toHex(randomBytes(32));
    if (isPrivateKey(scalar)) return scalar;
  }
}

/**
 * The uncompressed public key of a private key.
 * @throws SmError SM2_KEY_INVALID
 */
export function sm2PublicKeyOf(privateKey: string): string {
  assertPrivateKey(privateKey);
  return uncompressedHex(multiplySecret(basePoint, privateKey));
}

/**
 * Checks a public key and brings it into the one spelling used everywhere: uncompressed, lower case.
 * @throws SmError SM2_KEY_INVALID
 */
export function normalizeSm2PublicKey(publicKey: string): string {
  return uncompressedHex(pointOf(publicKey));
}
