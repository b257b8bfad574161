import { open, realpath } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ProxyError } from '../errors.ts';
import { sourceError } from '../errors.ts';
import type { AssetDefinition } from './asset-definition.ts';
import type { Connector, OpenSource } from './connector.ts';
import { FileSource } from './file-source.ts';

/**
 * CSV and TXT files below one directory, the mounted claim. CSV: comma unless told, RFC 4180 quotes. TXT: tab unless
 * told, quotes are ordinary characters.
 */
export class FileConnector implements Connector {
  readonly kind = 'file';
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async open(asset: AssetDefinition): Promise<OpenSource> {
    const path = await this.#resolve(asset.path);
    let handle: FileHandle;
    try {
      handle = await open(path, 'r');
      if (!(await handle.stat()).isFile()) {
        await handle.close();
        throw Object.assign(new Error('not a regular file'), { code: 'EISDIR' });
      }
    } catch (cause) {
      throw unreadable(asset.path, cause);
    }
    return new FileSource(asset, handle, path);
  }

  /** Links may point anywhere below the root and nowhere else: the claim may hold more than this source offers. */
  async #resolve(path: string): Promise<string> {
    try {
      const root = await realpath(this.#root);
      const real = await realpath(join(root, path));
      if (real.startsWith(root.endsWith(sep) ? root : root + sep)) return real;
    } catch (cause) {
      throw unreadable(path, cause);
    }
    throw sourceError('SOURCE_OUTSIDE_ROOT', { file: path }, 'leads out of the mounted source');
  }
}

function unreadable(file: string, cause: unknown): ProxyError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  const hint = code === 'ENOENT' ? 'no such file in the mounted source' : `cannot be read (${code})`;
  return sourceError('SOURCE_UNREADABLE', { file }, hint, { cause });
}
