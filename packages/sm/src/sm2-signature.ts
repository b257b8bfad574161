import { createHash } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import { fromBase64Url, fromHex, toBase64Url, toBytes, toHex } from './encoding.ts';
import { assertPrivateKey, curveOrder, curveParameters, pointOf, uncompressedHex } from './sm2-curve.ts';
import { sm2PublicKeyOf } from './sm2-keys.ts';
import type { Bytes } from './encoding.ts';

/** The user id of every signature here, the GM/T 0009 default; profiles must not choose another. */
export const sm2DefaultUserId = '1234567812345678';

const publicKeys = new Map<string, string>();

/**
 * SM2 signature (GB/T 32918.2) over SM3 with ZA and the fixed default user id.
 * @param publicKey the uncompressed public key, where it is known: then nothing about the private key is kept here
 * @returns base64url of raw r || s, 64 bytes; DER is for X.509 and CMS only
 * @throws SmError SM2_KEY_INVALID
 */
export function sm2Sign(message: Bytes | string, privateKey: string, publicKey?: string): string {
  assertPrivateKey(privateKey);
  return toBase64Url(fromHex(signDigest(digestWithZa(message, publicKey ?? publicKeyFor(privateKey)), privateKey)));
}

/**
 * True only for a well-formed signature of this message by this key; never throws.
 * @param signature base64url of r || s; @param publicKey hex, compressed or not
 */
export function sm2Verify(message: Bytes | string, signature: string, publicKey: string): boolean {
  try {
    const raw = toHex(fromBase64Url(signature));
    if (raw.length !== 128) return false;
    // The library takes r and s as they come; the standard wants both in [1, n-1].
    if (!inRange(raw.slice(0, 64)) || !inRange(raw.slice(64))) return false;
    const point = pointOf(publicKey);
    return sm2.doVerifySignature(digestWithZa(message, uncompressedHex(point)), raw, point);
  } catch {
    return false;
  }
}

/**
 * e = SM3(ZA || M). Hashed natively: the library's own path turns the message into hex first, 80 times slower on bulk.
 * @param publicKey uncompressed hex
 */
export function digestWithZa(message: Bytes | string, publicKey: string, userId: string = sm2DefaultUserId): Bytes {
  return new Uint8Array(createHash('sm3').update(zaOf(publicKey, userId)).update(toBytes(message)).digest());
}

/** ZA = SM3(ENTL || ID || a || b || xG || yG || xA || yA), GB/T 32918.2 §5.5. */
export function zaOf(publicKey: string, userId: string = sm2DefaultUserId): Bytes {
  const id = toBytes(userId);
  const entl = Uint8Array.of((id.length * 8) >> 8, (id.length * 8) & 0xff);
  const key = fromHex(publicKey).subarray(1);
  return new Uint8Array(createHash('sm3').update(entl).update(id).update(curveParameters).update(key).digest());
}

/**
 * r || s in hex over a ready digest e. Internal.
 * @param nonce the k and x1 of a published test vector; left out, the library draws k from the system's generator
 */
export function signDigest(e: Bytes, privateKey: string, nonce?: { k: bigint; x1: bigint }): string {
  return sm2.doSignature(e, privateKey, nonce ? { pointPool: [nonce] } : {});
}

function publicKeyFor(privateKey: string): string {
  const known = publicKeys.get(privateKey);
  if (known) return known;
  const publicKey = sm2PublicKeyOf(privateKey);
  if (publicKeys.size >= 64) publicKeys.clear();
  publicKeys.set(privateKey, publicKey);
  return publicKey;
}

function inRange(hex: string): boolean {
  const value = BigInt(`0x${hex}`);
  return value >= 1n && value < curveOrder;
}
