import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StoreError } from './errors.ts';
import type { ResultId } from './result-id.ts';
import { resultId, resultPath } from './result-id.ts';
import { SealedReader, SealedWriter, sealedLength } from './sealed-file.ts';
import type { StoreKeys } from './store-keys.ts';

/** What is kept beside a result, sealed like it. */
export interface ResultMetadata extends ResultId {
  readonly schema: 'collabnet.dev/result/v1';
  readonly networkId: string;
  readonly attempt: number;
  readonly contentType: string;
  /** Plaintext bytes. */
  readonly bytes: number;
  /** SM3 of the plaintext, hex. */
  readonly digest: string;
  /** Epoch ms. */
  readonly storedAt: number;
}

export interface ResultFilesOptions {
  readonly root: string;
  readonly keys: StoreKeys;
  /** Ceiling of all sealed files in bytes; absent: the disk. */
  readonly quotaBytes?: number | undefined;
  readonly now?: (() => number) | undefined;
}

export interface PutOptions {
  readonly networkId: string;
  readonly attempt: number;
  readonly contentType: string;
  /** Ceiling of this result in plaintext bytes. */
  readonly maxBytes?: number | undefined;
  /** Asked when all is written and new, before it becomes visible; throws to refuse. */
  readonly beforeCommit?: (() => void) | undefined;
}

/**
 * Results as sealed files, one each, that appear whole or not at all: written apart, synced, renamed. The file is the only
 * record of a result, so there is no index that could disagree with it.
 */
export class ResultFiles {
  readonly #options: ResultFilesOptions;
  readonly #busy = new Set<string>();
  #used: number;

  private constructor(options: ResultFilesOptions, used: number) {
    this.#options = options;
    this.#used = used;
  }

  /** Opens the directory and throws away what an earlier process left unfinished. */
  static async open(options: ResultFilesOptions): Promise<ResultFiles> {
    await rm(join(options.root, 'unfinished'), { recursive: true, force: true });
    await mkdir(join(options.root, 'unfinished'), { recursive: true, mode: 0o700 });
    await mkdir(join(options.root, 'results'), { recursive: true, mode: 0o700 });
    let used = 0;
    for await (const { path } of sealedFiles(options.root)) used += (await stat(path)).size;
    return new ResultFiles(options, used);
  }

  /** Sealed bytes on the disk, unfinished ones included. */
  get usedBytes(): number {
    return this.#used;
  }

  /**
   * Stores a stream. The same content again is adopted; a later attempt replaces an earlier one; other content of the same
   * attempt is refused.
   *
   * @throws StoreError STORE_FULL, RESULT_TOO_LARGE, RESULT_EXISTS, RESULT_BUSY, UPLOAD_ABORTED; nothing is changed then
   */
  async put(id: ResultId, content: AsyncIterable<Buffer>, options: PutOptions): Promise<{ metadata: ResultMetadata; created: boolean }> {
    const path = resultPath(this.#options.root, id);
    if (this.#busy.has(path)) throw new StoreError('RESULT_BUSY', 'This result is being written by another request; try again later.');
    this.#busy.add(path);
    const temporary = join(this.#options.root, 'unfinished', randomUUID());
    const reserved = { bytes: 0 };
    try {
      const metadata = await this.#write(temporary, id, content, options, reserved);
      const existing = await this.metadata(id);
      if (existing && existing.digest === metadata.digest && existing.bytes === metadata.bytes) return { metadata: existing, created: false };
      if (existing && existing.attempt >= options.attempt) {
        throw new StoreError('RESULT_EXISTS', `Another result of attempt ${existing.attempt} is stored; a result is written once.`, { field: 'attempt' });
      }
      options.beforeCommit?.();
      await this.#commit(temporary, path);
      return { metadata, created: true };
    } catch (error) {
      throw storageError(error);
    } finally {
      this.#used -= reserved.bytes;
      await rm(temporary, { force: true });
      this.#busy.delete(path);
    }
  }

  async #write(temporary: string, id: ResultId, content: AsyncIterable<Buffer>, options: PutOptions, reserved: { bytes: number }): Promise<ResultMetadata> {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      const writer = await SealedWriter.create(handle, this.#options.keys);
      const hash = createHash('sm3');
      let bytes = 0;
      for await (const data of content) {
        bytes += data.length;
        if (options.maxBytes !== undefined && bytes > options.maxBytes) throw new StoreError('RESULT_TOO_LARGE', `The result is larger than the ${options.maxBytes} bytes allowed.`, { field: 'maxBytes' });
        this.#reserve(sealedLength(bytes) + 4096, reserved);
        hash.update(data);
        await writer.write(data);
      }
      const metadata: ResultMetadata = {
        schema: 'collabnet.dev/result/v1', ...id, networkId: options.networkId, attempt: options.attempt, contentType: options.contentType,
        bytes, digest: hash.digest('hex'), storedAt: (this.#options.now ?? Date.now)(),
      };
      await writer.finish(metadata);
      return metadata;
    } finally {
      await handle.close();
    }
  }

  #reserve(bytes: number, reserved: { bytes: number }): void {
    const more = bytes - reserved.bytes;
    const { quotaBytes } = this.#options;
    if (quotaBytes !== undefined && this.#used + more > quotaBytes) throw full('quota of the store');
    this.#used += more;
    reserved.bytes = bytes;
  }

  async #commit(temporary: string, path: string): Promise<void> {
    const directory = dirname(path);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const before = await sizeOf(path);
    await rename(temporary, path);
    // The reservation is given back by the caller; this is what it really takes.
    this.#used += (await sizeOf(path)) - before;
    await syncDirectory(directory);
    await syncDirectory(dirname(directory));
    await syncDirectory(dirname(dirname(directory)));
  }

  /** @throws StoreError RESULT_CORRUPT, STORE_KEY */
  async metadata(id: ResultId): Promise<ResultMetadata | undefined> {
    const opened = await this.read(id);
    await opened?.close();
    return opened?.metadata;
  }

  /** Opens a result for streaming; close it afterwards. A result replaced meanwhile goes on being read as it was. */
  async read(id: ResultId): Promise<{ metadata: ResultMetadata; chunks(): AsyncGenerator<Buffer>; close(): Promise<void> } | undefined> {
    const handle = await open(resultPath(this.#options.root, id), 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!handle) return undefined;
    try {
      const reader = await SealedReader.open(handle, this.#options.keys);
      const metadata = reader.footer as unknown as ResultMetadata;
      // A sealed file that was moved to another name is genuine but not this result.
      if (metadata.flowId !== id.flowId || metadata.step !== id.step || metadata.output !== id.output) {
        throw new StoreError('RESULT_CORRUPT', 'Sealed result: it is the one of another name; the files were exchanged.');
      }
      return { metadata, chunks: () => reader.chunks(), close: () => handle.close() };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** True when there was one. Also removes a result that can no longer be opened. */
  async remove(id: ResultId): Promise<boolean> {
    const path = resultPath(this.#options.root, id);
    const bytes = await sizeOf(path);
    if (bytes === 0) return false;
    await rm(path);
    this.#used -= bytes;
    await syncDirectory(dirname(path));
    for (const directory of [dirname(path), dirname(dirname(path))]) {
      // Other results may be in it, or arrive just now.
      await rmdir(directory).catch(() => undefined);
    }
    return true;
  }

  /** Ids in the order of their names, after `after` (a cursor from an earlier page). */
  async list(options: { flowId?: string | undefined; after?: string | undefined; limit: number }): Promise<{ items: ResultId[]; next?: string }> {
    // Checks the text before it becomes part of a path.
    if (options.flowId !== undefined) resultId(options.flowId, 'step', 'output');
    const items: ResultId[] = [];
    for await (const { id } of sealedFiles(this.#options.root, options.flowId)) {
      if (options.after !== undefined && !isAfter(id, options.after)) continue;
      const last = items.at(-1);
      if (last && items.length >= options.limit) return { items, next: cursorOf(last) };
      items.push(id);
    }
    return { items };
  }

  /** Removes results stored before `time` (epoch ms) and returns their ids. */
  async removeBefore(time: number): Promise<ResultId[]> {
    const removed: ResultId[] = [];
    for await (const { id, path } of sealedFiles(this.#options.root)) {
      // The file's own time: a result whose key is gone has to go as well.
      if ((await stat(path)).mtimeMs < time && (await this.remove(id))) removed.push(id);
    }
    return removed;
  }
}

function cursorOf(id: ResultId): string {
  return `${id.flowId}/${id.step}/${id.output}`;
}

/** Part by part: as one text, `a-b` would come before `a/`. */
function isAfter(id: ResultId, cursor: string): boolean {
  const place = [id.flowId, id.step, id.output];
  const other = cursor.split('/');
  const index = place.findIndex((text, at) => text !== other[at]);
  return index >= 0 && (place[index] ?? '') > (other[index] ?? '');
}

async function* sealedFiles(root: string, flow?: string): AsyncGenerator<{ id: ResultId; path: string }> {
  const results = join(root, 'results');
  for (const flowId of flow === undefined ? await names(results) : [flow]) {
    for (const step of await names(join(results, flowId))) {
      const files = (await names(join(results, flowId, step))).filter((name) => name.endsWith(suffix));
      for (const output of files.map((name) => name.slice(0, -suffix.length)).sort()) {
        const id = resultId(flowId, step, output);
        yield { id, path: resultPath(root, id) };
      }
    }
  }
}

const suffix = '.sealed';

async function names(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(() => [])).sort();
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** A rename is on the disk only when its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

function storageError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return full('volume of the store', error);
  if (code === 'ECONNRESET' || code === 'ABORT_ERR' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return new StoreError('UPLOAD_ABORTED', 'The upload ended before it was complete; nothing was stored.', { cause: error });
  }
  return error;
}

function full(what: string, cause?: unknown): StoreError {
  return new StoreError('STORE_FULL', `The ${what} is full; remove results or enlarge it, then deliver again.`, { cause });
}
