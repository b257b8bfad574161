import { createHash } from 'node:crypto';
import type { Bytes } from './encoding.ts';

/** Key derivation of GB/T 32918.4 §5.4.3: SM3 over the parts and a counter of 32 bits from 1. @param length octets, below 2^37 */
export function sm2Kdf(parts: readonly Bytes[], length: number): Bytes {
  const blocks: Buffer[] = [];
  for (let counter = 1; blocks.length * 32 < length; counter += 1) {
    const hash = createHash('sm3');
    for (const part of parts) hash.update(part);
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    blocks.push(hash.update(suffix).digest());
  }
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
}
