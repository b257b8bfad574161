import { createHash } from 'node:crypto';
import { fromBase64Url, fromHex, toBase64Url, toBytes, toHex } from './encoding.ts';
import { assertPrivateKey, basePoint, combine, curveOrder, curveParameters, multiplySecret, publicKeyOf, scalars, uncompressedHex } from './sm2-curve.ts';
import { randomScalar, sm2PublicKeyOf } from './sm2-keys.ts';
import { RecentSet } from './recent-set.ts';
import type { Bytes } from './encoding.ts';

/** The user id of every signature here, the GM/T 0009 default; profiles must not choose another. */
export const sm2DefaultUserId = '1234567812345678';

const publicKeys = new Map<string, string>();
/** Signatures found genuine lately, under e: that is a digest of message and key, so that no other pair has it. */
const genuine = new RecentSet(1024);

/**
 * SM2 signature (GB/T 32918.2) over SM3 with ZA and the fixed default user id.
 * @param publicKey the uncompressed public key, where it is known: then nothing about the private key is kept here
 * @returns base64url of raw r || s, 64 bytes; DER is for X.509 and CMS only
 * @throws SmError SM2_KEY_INVALID
 */
export function sm2Sign(message: Bytes | string, privateKey: string, publicKey?: string): string {
  assertPrivateKey(privateKey);
  return toBase64Url(fromHex(signDigest(digestWithZa(message, publicKey ?? knownPublicKey(privateKey)), privateKey)));
}

/**
 * True only for a well-formed signature of this message by this key; never throws. One that was found genuine lately is not
 * computed again: a ledger client verifies each of its transactions before it sends it and again in the block.
 * @param signature base64url of r || s; @param publicKey hex, compressed or not
 */
export function sm2Verify(message: Bytes | string, signature: string, publicKey: string): boolean {
  try {
    const raw = toHex(fromBase64Url(signature));
    if (raw.length !== 128) return false;
    const [r, s] = [numberOf(raw.slice(0, 64)), numberOf(raw.slice(64))];
    if (!inRange(r) || !inRange(s)) return false;
    const t = scalars.add(r, s);
    if (t === 0n) return false;
    const key = publicKeyOf(publicKey);
    const e = toHex(digestWithZa(message, uncompressedHex(key.point)));
    if (genuine.has(e + raw)) return true;
    const point = combine(s, key, t);
    if (point.is0() || scalars.create(numberOf(e) + point.x) !== r) return false;
    genuine.add(e + raw);
    return true;
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
 * r || s in hex over a ready digest e (GB/T 32918.2 §6.1). Internal.
 * @param k the nonce of a published test vector, 64 hex digits; left out, it is drawn from the system's generator
 */
export function signDigest(e: Bytes, privateKey: string, k?: string): string {
  const d = numberOf(privateKey);
  for (;;) {
    const nonce = k ?? randomScalar();
    const r = scalars.create(numberOf(toHex(e)) + multiplySecret(basePoint, nonce).x);
    if (r === 0n || r + numberOf(nonce) === curveOrder) continue;
    // (1 + d) is blinded: the time of an inversion depends on what is inverted.
    const blind = numberOf(randomScalar());
    const inverse = scalars.mul(scalars.inv(scalars.mul(scalars.add(1n, d), blind)), blind);
    const s = scalars.mul(inverse, scalars.sub(numberOf(nonce), scalars.mul(r, d)));
    if (s !== 0n) return hexOf(r) + hexOf(s);
  }
}

function knownPublicKey(privateKey: string): string {
  const known = publicKeys.get(privateKey);
  if (known) return known;
  const publicKey = sm2PublicKeyOf(privateKey);
  if (publicKeys.size >= 64) publicKeys.clear();
  publicKeys.set(privateKey, publicKey);
  return publicKey;
}

function inRange(value: bigint): boolean {
  return value >= 1n && value < curveOrder;
}

function numberOf(hex: string): bigint {
  return BigInt(`0x${hex}`);
}

function hexOf(value: bigint): string {
  return value.toString(16).padStart(64, '0');
}
