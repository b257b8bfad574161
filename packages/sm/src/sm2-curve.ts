import { weierstrass, type WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js';
import { SmError } from './errors.ts';

/** A point of the SM2 curve as the underlying library holds it. */
export type Sm2Point = WeierstrassPoint<bigint>;

/** Order of the base point, GB/T 32918.5. */
export const curveOrder = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

/** The curve sm2p256v1 (GB/T 32918.5); its cofactor is 1, so every point but that at infinity has the full order. */
const Curve = weierstrass({
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  n: curveOrder,
  h: 1n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
});

/** Base point G. */
export const basePoint: Sm2Point = Curve.BASE;

/** Arithmetic modulo the order of the base point. */
export const scalars: typeof Curve.Fn = Curve.Fn;

/** a || b || xG || yG, the constant middle of ZA, GB/T 32918.5. */
export const curveParameters: Uint8Array = Buffer.from(
  'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc' +
    '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7' +
    'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
  'hex',
);

const maxPoints = 256;
// Window 4 verifies within a tenth of window 8, at a tenth of its set-up time and memory.
const tableWindow = 4;
const points = new Map<string, { readonly point: Sm2Point; table: boolean }>();

/** A public key as the cache holds it. */
export interface Sm2PublicKey {
  readonly point: Sm2Point;
  readonly table: boolean;
}

/**
 * Decodes a public key, checks that it lies on the curve and keeps it in a bounded cache. From its second use on a key
 * gets a table of multiples, which makes the verification of frequent signers (members, operators) several times
 * faster; a stream of one-off keys costs nothing but the decoding.
 * @param hex compressed (66 digits) or uncompressed (130 digits) point
 * @throws SmError SM2_KEY_INVALID
 */
export function pointOf(hex: string): Sm2Point {
  return publicKeyOf(hex).point;
}

/** As {@link pointOf}, with whether the key has a table by now. */
export function publicKeyOf(hex: string): Sm2PublicKey {
  const cached = points.get(hex);
  if (!cached) {
    const key = { point: decodePoint(hex), table: false };
    if (points.size >= maxPoints) evictOldest();
    points.set(hex, key);
    return key;
  }
  if (!cached.table) {
    cached.point.precompute(tableWindow);
    cached.table = true;
  }
  points.delete(hex);
  points.set(hex, cached);
  return cached;
}

/** [s]G + [t]P for public scalars: not in constant time. */
export function combine(s: bigint, { point, table }: Sm2PublicKey, t: bigint): Sm2Point {
  // Without a table one pass over both scalars is quicker than two.
  return table ? basePoint.multiplyUnsafe(s).add(point.multiplyUnsafe(t)) : basePoint.mulAddUnsafe(s, point, t);
}

/** Uncompressed form, 130 lower-case hex digits. */
export function uncompressedHex(point: Sm2Point): string {
  return point.toHex(false);
}

/** A secret scalar of 64 hex digits times a point, in constant time as far as JavaScript allows. */
export function multiplySecret(point: Sm2Point, scalar: string): Sm2Point {
  return point.multiply(BigInt(`0x${scalar}`));
}

/** True for a private key in [1, n-2] as 64 hex digits; n-1 cannot sign (GB/T 32918.2 §6.1). */
export function isPrivateKey(hex: string): boolean {
  if (!/^[0-9a-fA-F]{64}$/.test(hex)) return false;
  const d = BigInt(`0x${hex}`);
  return d >= 1n && d <= curveOrder - 2n;
}

/** @throws SmError SM2_KEY_INVALID */
export function assertPrivateKey(hex: string): void {
  if (!isPrivateKey(hex)) {
    throw new SmError('SM2_KEY_INVALID', 'SM2 private key: give 64 hex digits in [1, n-2].');
  }
}

/** Decodes a point without keeping it. @throws SmError SM2_KEY_INVALID */
export function decodePoint(hex: string): Sm2Point {
  if (!/^(?:04[0-9a-fA-F]{128}|0[23][0-9a-fA-F]{64})$/.test(hex)) {
    throw new SmError('SM2_KEY_INVALID', 'SM2 public key: give 130 hex digits from 04 or 66 from 02 or 03.');
  }
  try {
    return Curve.fromHex(hex);
  } catch (cause) {
    throw new SmError('SM2_KEY_INVALID', 'SM2 public key: the point is not on the curve.', { cause });
  }
}

function evictOldest(): void {
  for (const hex of points.keys()) {
    points.delete(hex);
    return;
  }
}
