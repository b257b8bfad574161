import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { sourceError } from '../errors.ts';
import type { AssetDefinition } from './asset-definition.ts';

export interface TextChunkOptions {
  readonly file: string;
  readonly encoding: AssetDefinition['encoding'];
  /** Bytes read at once; default 256 KiB. */
  readonly chunkBytes?: number;
}

const LF = 10;
/** A line beyond this is taken for a file that has no line breaks, or an unclosed quote: memory stays bounded. */
export const maxLineBytes = 4 * 1024 * 1024;

/**
 * Reads a file from its start as UTF-8, whole lines at a time, so that a byte sequence that is not of the encoding can be
 * named by its line. In UTF-8, GBK and GB 18030 alike the byte 0x0A is always a line feed. A byte order mark is dropped.
 *
 * @throws ProxyError SOURCE_ENCODING, SOURCE_NUL_BYTE, SOURCE_LINE_TOO_LONG, SOURCE_EMPTY
 */
export async function* textChunks(handle: FileHandle, options: TextChunkOptions): AsyncGenerator<Buffer> {
  const size = options.chunkBytes ?? 256 * 1024;
  let carry: Buffer = Buffer.alloc(0);
  let position = 0;
  let line = 1;
  let some = false;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(size), 0, size, position);
    let data: Buffer = buffer.subarray(0, bytesRead);
    if (position === 0) data = withoutByteOrderMark(data, options);
    position += bytesRead;
    const end = bytesRead === 0 ? data.length : data.lastIndexOf(LF) + 1;
    const whole = end === 0 && bytesRead > 0 ? Buffer.alloc(0) : Buffer.concat([carry, data.subarray(0, end)]);
    carry = end === 0 && bytesRead > 0 ? Buffer.concat([carry, data]) : Buffer.from(data.subarray(end));
    if (carry.length > maxLineBytes) {
      throw sourceError('SOURCE_LINE_TOO_LONG', { file: options.file, line }, `no line break within ${maxLineBytes} bytes; check delimiter, quotes and encoding`);
    }
    if (whole.length > 0) {
      some = true;
      yield decode(whole, line, options);
      line += countLines(whole);
    }
    if (bytesRead === 0) break;
  }
  if (!some) throw sourceError('SOURCE_EMPTY', { file: options.file }, 'the file is empty');
}

function withoutByteOrderMark(data: Buffer, options: TextChunkOptions): Buffer {
  const head = data.subarray(0, 4).toString('hex');
  if (head.startsWith('fffe') || head.startsWith('feff')) {
    throw sourceError('SOURCE_ENCODING', { file: options.file, line: 1 }, `a UTF-16 byte order mark, but encoding is ${options.encoding}; save the file as UTF-8`);
  }
  if (head.startsWith('efbbbf')) {
    if (options.encoding === 'utf-8') return data.subarray(3);
    throw sourceError('SOURCE_ENCODING', { file: options.file, line: 1 }, `a UTF-8 byte order mark, but encoding is ${options.encoding}; set source.file.encoding to utf-8`);
  }
  return head === '84319533' && options.encoding === 'gb18030' ? data.subarray(4) : data;
}

function decode(bytes: Buffer, line: number, options: TextChunkOptions): Buffer {
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw sourceError('SOURCE_NUL_BYTE', { file: options.file, line: line + countLines(bytes.subarray(0, nul)) }, 'a NUL byte; the file is not plain text');
  const text = tryDecode(bytes, options.encoding);
  if (text) return text;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(LF, start);
    const one = bytes.subarray(start, end < 0 ? bytes.length : end + 1);
    if (!tryDecode(one, options.encoding)) break;
    start += one.length;
  }
  throw sourceError('SOURCE_ENCODING', { file: options.file, line }, `bytes that are not ${options.encoding}; set source.file.encoding to what the file is in`);
}

function tryDecode(bytes: Buffer, encoding: TextChunkOptions['encoding']): Buffer | undefined {
  if (encoding === 'utf-8') return isUtf8(bytes) ? bytes : undefined;
  try {
    return Buffer.from(new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count += 1;
  return count;
}
