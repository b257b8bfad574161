import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { SmError } from './errors.ts';
import type { Bytes } from './encoding.ts';

/**
 * Cryptographically secure random octets of `node:crypto`.
 * @param n number of bytes, 0 to 2^31-1
 * @throws SmError LENGTH_INVALID
 */
export function randomBytes(n: number): Bytes {
  if (!Number.isInteger(n) || n < 0 || n > 0x7fffffff) {
    throw new SmError('LENGTH_INVALID', 'randomBytes: n must be a non-negative integer below 2^31.');
  }
  return new Uint8Array(nodeRandomBytes(n));
}
