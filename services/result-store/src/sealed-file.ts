import type { FileHandle } from 'node:fs/promises';
import { concatBytes, openSm4, randomBytes, sealSm4, toBytes } from '@collabnet/sm';
import { StoreError } from './errors.ts';
import type { StoreKeys } from './store-keys.ts';

/*
 * File: magic (8), key id (8), salt (16); chunks of at most 256 KiB plaintext, each length (4, of ciphertext), nonce (16),
 * ciphertext, tag (32); the sealed footer in the same form; last 8 bytes: offset of the footer. Associated data of a chunk
 * is its place (kind, index), so chunks cannot be dropped, doubled or moved; the footer says how many there are.
 */
const magic = Buffer.from('CNRESv1\n');
const headerLength = 32;
const frameOverhead = 4 + 16 + 32;
export const chunkBytes = 256 * 1024;
const maxFooterBytes = 64 * 1024;

interface Footer {
  readonly content: object;
  readonly chunks: number;
}

/** Bytes that a result of `plain` bytes takes on the disk, without its footer. */
export function sealedLength(plain: number): number {
  return headerLength + plain + Math.ceil(plain / chunkBytes) * frameOverhead;
}

/** Writes one sealed file in order, holding one chunk in memory. */
export class SealedWriter {
  readonly #handle: FileHandle;
  readonly #key: Uint8Array;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #index = 0;
  #written: number;

  private constructor(handle: FileHandle, key: Uint8Array) {
    this.#handle = handle;
    this.#key = key;
    this.#written = headerLength;
  }

  static async create(handle: FileHandle, keys: StoreKeys): Promise<SealedWriter> {
    const salt = randomBytes(16);
    const key = keys.fileKey(keys.currentId, salt);
    await writeAll(handle, concatBytes(magic, Buffer.from(keys.currentId, 'hex'), salt));
    return new SealedWriter(handle, key);
  }

  /** Resolves when full chunks are with the operating system: the caller's backpressure. */
  async write(data: Buffer): Promise<void> {
    this.#pending.push(data);
    this.#pendingBytes += data.length;
    if (this.#pendingBytes < chunkBytes) return;
    let all = Buffer.concat(this.#pending);
    while (all.length >= chunkBytes) {
      await this.#chunk(all.subarray(0, chunkBytes));
      all = all.subarray(chunkBytes);
    }
    this.#pending = all.length > 0 ? [all] : [];
    this.#pendingBytes = all.length;
  }

  /** Writes the rest and the footer and brings all of it to the disk. */
  async finish(footer: object): Promise<void> {
    if (this.#pendingBytes > 0) await this.#chunk(Buffer.concat(this.#pending));
    const at = Buffer.alloc(8);
    at.writeBigUInt64BE(BigInt(this.#written));
    await this.#frame(toBytes(JSON.stringify({ content: footer, chunks: this.#index } satisfies Footer)), aadOf('footer', 0));
    await writeAll(this.#handle, at);
    await this.#handle.sync();
  }

  async #chunk(plain: Buffer): Promise<void> {
    await this.#frame(plain, aadOf('chunk', this.#index));
    this.#index += 1;
  }

  async #frame(plain: Uint8Array, aad: Uint8Array): Promise<void> {
    const box = sealSm4(this.#key, plain, aad);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(box.ciphertext.length);
    const frame = concatBytes(length, box.nonce, box.ciphertext, box.tag);
    await writeAll(this.#handle, frame);
    this.#written += frame.length;
  }
}

/** Reads a sealed file; every byte that comes out was authenticated first. */
export class SealedReader {
  readonly #handle: FileHandle;
  readonly #key: Uint8Array;
  /** What the writer gave to `finish`. */
  readonly footer: object;
  readonly #chunks: number;

  private constructor(handle: FileHandle, key: Uint8Array, footer: Footer) {
    this.#handle = handle;
    this.#key = key;
    this.footer = footer.content;
    this.#chunks = footer.chunks;
  }

  /** @throws StoreError RESULT_CORRUPT, STORE_KEY */
  static async open(handle: FileHandle, keys: StoreKeys): Promise<SealedReader> {
    const { size } = await handle.stat();
    const header = await readAt(handle, 0, headerLength);
    if (!header.subarray(0, 8).equals(magic)) throw corrupt('header');
    const key = keys.fileKey(header.subarray(8, 16).toString('hex'), header.subarray(16));
    const at = Number((await readAt(handle, size - 8, 8)).readBigUInt64BE());
    if (at < headerLength || at > size - 8 - frameOverhead || size - at > maxFooterBytes) throw corrupt('footer offset');
    const { plain } = await readFrame(handle, key, at, aadOf('footer', 0));
    return new SealedReader(handle, key, JSON.parse(plain.toString('utf8')) as Footer);
  }

  /** The plaintext, a chunk at a time. @throws StoreError RESULT_CORRUPT at the chunk that does not hold */
  async *chunks(): AsyncGenerator<Buffer> {
    let at = headerLength;
    for (let index = 0; index < this.#chunks; index += 1) {
      const { plain, next } = await readFrame(this.#handle, this.#key, at, aadOf('chunk', index));
      at = next;
      yield plain;
    }
  }
}

async function readFrame(handle: FileHandle, key: Uint8Array, at: number, aad: Uint8Array): Promise<{ plain: Buffer; next: number }> {
  const head = await readAt(handle, at, 20);
  const length = head.readUInt32BE(0);
  if (length > Math.max(chunkBytes, maxFooterBytes)) throw corrupt('chunk length');
  const rest = await readAt(handle, at + 20, length + 32);
  try {
    const box = { nonce: new Uint8Array(head.subarray(4)), ciphertext: rest.subarray(0, length), tag: rest.subarray(length) };
    return { plain: Buffer.from(openSm4(key, box, aad)), next: at + frameOverhead + length };
  } catch (cause) {
    throw corrupt('chunk', cause);
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length && position >= 0) {
    const { bytesRead } = await handle.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  if (done < length) throw corrupt('length');
  return buffer;
}

/** `FileHandle.write` may write less than it was given, on a disk that is filling up. */
async function writeAll(handle: FileHandle, data: Uint8Array): Promise<void> {
  for (let done = 0; done < data.length; ) done += (await handle.write(data, done)).bytesWritten;
}

function aadOf(kind: 'chunk' | 'footer', index: number): Uint8Array {
  return toBytes(`${kind}:${index}`);
}

function corrupt(what: string, cause?: unknown): StoreError {
  return new StoreError('RESULT_CORRUPT', `Sealed result: ${what} does not hold; the file was changed or damaged.`, { cause });
}
