import { SmError } from './errors.ts';

/** Raw octets. */
export type Bytes = Uint8Array;

/** UTF-8 for strings, the same octets for byte arrays. */
export function toBytes(data: Bytes | string): Bytes {
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
}

/** Unpadded base64url (RFC 4648 §5). */
export function toBase64Url(data: Bytes): string {
  return view(data).toString('base64url');
}

/**
 * Strict inverse of {@link toBase64Url}: padding, foreign characters and non-zero trailing bits are refused, so that
 * one value has one spelling and a signature cannot be re-spelled.
 * @throws SmError ENCODING_MALFORMED
 */
export function fromBase64Url(text: string): Bytes {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) {
    throw new SmError('ENCODING_MALFORMED', 'Not canonical unpadded base64url.');
  }
  return new Uint8Array(bytes);
}

/** Lower-case hex. */
export function toHex(data: Bytes): string {
  return view(data).toString('hex');
}

/**
 * Hex of either case, even length.
 * @throws SmError ENCODING_MALFORMED
 */
export function fromHex(text: string): Bytes {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) {
    throw new SmError('ENCODING_MALFORMED', 'Not hex: give an even number of the digits 0-9 and a-f.');
  }
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Joins byte strings. */
export function concatBytes(...parts: readonly Bytes[]): Bytes {
  return new Uint8Array(Buffer.concat(parts));
}

function view(data: Bytes): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
