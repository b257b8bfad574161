import { createHash } from 'node:crypto';

/**
 * Hash of a block header as Fabric computes it: SHA-256 over the DER form of SEQUENCE { INTEGER number, OCTET STRING
 * previous hash, OCTET STRING data hash } (fabric/protoutil/blockutils.go).
 */
export function headerHash(number: number, previous: Uint8Array, data: Uint8Array): string {
  return createHash('sha256').update(headerOctets(number, previous, data)).digest('hex');
}

/** The DER form of a header, which is also what orderers sign. */
export function headerOctets(number: number, previous: Uint8Array, data: Uint8Array): Buffer {
  return tagged(0x30, Buffer.concat([tagged(0x02, integer(number)), tagged(0x04, previous), tagged(0x04, data)]));
}

/** Hash of the data of a block: SHA-256 over all envelopes, one after the other. */
export function dataHash(envelopes: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const envelope of envelopes) hash.update(envelope);
  return hash.digest('hex');
}

function tagged(tag: number, content: Uint8Array): Buffer {
  // Two hashes and a number stay far below 128 octets, where one octet is the length.
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}

function integer(value: number): Buffer {
  const hex = value.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return (octets[0] ?? 0) < 0x80 ? octets : Buffer.concat([Buffer.from([0]), octets]);
}
