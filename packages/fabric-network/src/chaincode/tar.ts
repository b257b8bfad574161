const BLOCK = 512;

/** A file of an archive. */
export interface TarEntry {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * A tar archive (ustar) of plain files. Time, owner and mode are fixed: the id of a chaincode package is a digest over
 * such an archive, so the same content must give the same octets everywhere.
 */
export function tar(entries: readonly TarEntry[]): Uint8Array {
  const parts = entries.flatMap(({ name, content }) => [header(name, content.length), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new RangeError(`${name}: names above 100 octets are not supported`);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(name, 0);
  block.write(octal(0o644, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  // The checksum counts itself as blanks.
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\u000000', 257, 'latin1');
  block.write(`${block.reduce((sum, octet) => sum + octet, 0).toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
