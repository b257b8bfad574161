import { base58 } from '@scure/base';
import { SmError } from './errors.ts';
import { concatBytes, fromHex, toHex } from './encoding.ts';
import { pointOf } from './sm2-curve.ts';
import { normalizeSm2PublicKey } from './sm2-keys.ts';
import type { Bytes } from './encoding.ts';

/** Multicodec sm2-pub 0x1206 as an unsigned varint (multicodec table, status draft). */
const sm2PubPrefix = Uint8Array.of(0x86, 0x24);

/**
 * W3C Multikey form of an SM2 public key: multibase base58btc ('z') of the multicodec prefix and the compressed point.
 * @throws SmError SM2_KEY_INVALID
 */
export function encodeSm2Multikey(publicKey: string): string {
  const compressed = pointOf(publicKey).toHex(true);
  return `z${base58.encode(concatBytes(sm2PubPrefix, fromHex(compressed)))}`;
}

/**
 * Inverse of {@link encodeSm2Multikey}.
 * @returns uncompressed hex, 130 digits
 * @throws SmError MULTIKEY_MALFORMED
 */
export function decodeSm2Multikey(multikey: string): string {
  if (!/^z[1-9A-HJ-NP-Za-km-z]{40,60}$/.test(multikey)) {
    throw new SmError('MULTIKEY_MALFORMED', 'Multikey: give base58btc after the letter z.');
  }
  const bytes: Bytes = base58.decode(multikey.slice(1));
  if (bytes.length !== 35 || bytes[0] !== sm2PubPrefix[0] || bytes[1] !== sm2PubPrefix[1]) {
    throw new SmError('MULTIKEY_MALFORMED', 'Multikey: not the multicodec sm2-pub (0x1206) with a compressed point.');
  }
  try {
    return normalizeSm2PublicKey(toHex(bytes.subarray(2)));
  } catch (cause) {
    throw new SmError('MULTIKEY_MALFORMED', 'Multikey: the point is not on the SM2 curve.', { cause });
  }
}
