import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { SmError } from './errors.ts';
import { toBytes } from './encoding.ts';
import type { Bytes } from './encoding.ts';

/** Octets of an SM3 digest. */
export const sm3Length = 32;

/** Streaming SM3. After `digestHex` the hasher is spent. */
export interface Sm3Hasher {
  update(data: Bytes): Sm3Hasher;
  digestHex(): string;
}

/** SM3 (GB/T 32905) of UTF-8 text or octets: 32 bytes. */
export function sm3(data: Bytes | string): Bytes {
  return new Uint8Array(createHash('sm3').update(toBytes(data)).digest());
}

/** {@link sm3} in lower-case hex. */
export function sm3Hex(data: Bytes | string): string {
  return createHash('sm3').update(toBytes(data)).digest('hex');
}

/** SM3 over a stream too large to hold. */
export function createSm3(): Sm3Hasher {
  const hash = createHash('sm3');
  const hasher: Sm3Hasher = {
    update(data) {
      hash.update(data);
      return hasher;
    },
    digestHex: () => hash.digest('hex'),
  };
  return hasher;
}

/** HMAC (RFC 2104) over SM3: 32 bytes. */
export function hmacSm3(key: Bytes, data: Bytes | string): Bytes {
  return new Uint8Array(createHmac('sm3', key).update(toBytes(data)).digest());
}

/** {@link hmacSm3} in lower-case hex. */
export function hmacSm3Hex(key: Bytes, data: Bytes | string): string {
  return createHmac('sm3', key).update(toBytes(data)).digest('hex');
}

/**
 * HKDF (RFC 5869) over HMAC-SM3.
 * @param length octets wanted, 1 to 255 * 32
 * @throws SmError LENGTH_INVALID
 */
export function hkdfSm3(ikm: Bytes, salt: Bytes, info: string, length: number): Bytes {
  if (!Number.isInteger(length) || length < 1 || length > 255 * sm3Length) {
    throw new SmError('LENGTH_INVALID', 'hkdfSm3: length must be 1 to 8160 bytes.');
  }
  return new Uint8Array(hkdfSync('sm3', ikm, salt, info, length));
}

/**
 * Salted commitment: HMAC-SM3 keyed with the salt, lower-case hex. Nothing guessable goes on the ledger, and destroying
 * the salt makes the commitment unlinkable, which is the deletion.
 * @param salt per-record or per-task secret, at least 16 bytes
 * @throws SmError LENGTH_INVALID when the salt is short enough to be searched
 */
export function commit(salt: Bytes, data: Bytes | string): string {
  if (salt.length < 16) throw new SmError('LENGTH_INVALID', 'commit: salt must have at least 16 bytes.');
  return hmacSm3Hex(salt, data);
}
