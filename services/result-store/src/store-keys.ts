import { readFile } from 'node:fs/promises';
import { fromHex, hkdfSm3, hmacSm3Hex } from '@collabnet/sm';
import { StoreError } from './errors.ts';

/** The keys that results are sealed under: the first seals, all open, so that a key can be rotated. */
export class StoreKeys {
  readonly #keys: readonly { readonly id: string; readonly key: Uint8Array }[];

  /** @param keys 32 bytes each. @throws StoreError STORE_KEY */
  constructor(keys: readonly Uint8Array[]) {
    if (keys.length === 0 || keys.some((key) => key.length !== 32)) throw new StoreError('STORE_KEY', 'Store key: give at least one, each of 32 bytes.');
    this.#keys = keys.map((key) => ({ key, id: hmacSm3Hex(key, 'collabnet.dev/store-key-id/v1').slice(0, 16) }));
  }

  /** Reads files of 64 hex digits each. @throws StoreError STORE_KEY */
  static async load(files: readonly string[]): Promise<StoreKeys> {
    const keys: Uint8Array[] = [];
    for (const file of files) {
      try {
        keys.push(fromHex((await readFile(file, 'utf8')).trim()));
      } catch (cause) {
        throw new StoreError('STORE_KEY', `Store key ${file}: cannot be read as 64 hex digits.`, { cause });
      }
    }
    return new StoreKeys(keys);
  }

  /** Id of the key that seals new results; 16 hex digits, tells nothing of the key. */
  get currentId(): string {
    return this.#keys[0]?.id ?? '';
  }

  /** The key of one file, derived so that no two files share one. @throws StoreError STORE_KEY for a key that is not here */
  fileKey(id: string, salt: Uint8Array): Uint8Array {
    const found = this.#keys.find((key) => key.id === id);
    if (!found) throw new StoreError('STORE_KEY', `Store key ${id} is not among those configured; add its file again.`);
    return hkdfSm3(found.key, salt, 'collabnet.dev/sealed-result/v1', 32);
  }
}
