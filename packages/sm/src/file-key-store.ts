import { mkdir, open, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SmError } from './errors.ts';
import { openKeyFile, parseKeyFile, sealKeyFile } from './key-file.ts';
import { MemoryKeyStore } from './key-store.ts';
import { generateSm2KeyPair } from './sm2-keys.ts';
import type { Bytes } from './encoding.ts';
import type { KeyFile } from './key-file.ts';
import type { KeyStore } from './key-store.ts';
import type { Sm2KeyPair } from './sm2-keys.ts';

/**
 * A directory with one encrypted file for each key. A key is decrypted at its first use and then kept in memory, until its
 * file changes or is gone.
 */
export class FileKeyStore implements KeyStore {
  readonly #directory: string;
  readonly #passphrase: string;
  readonly #unlocked = new Map<string, { readonly box: string; readonly keys: Promise<MemoryKeyStore> }>();

  private constructor(directory: string, passphrase: string) {
    this.#directory = directory;
    this.#passphrase = passphrase;
  }

  /** Opens a directory, making it (mode 0700) when missing. The passphrase is tried at the first use of a key. */
  static async open(options: { directory: string; passphrase: string }): Promise<FileKeyStore> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    return new FileKeyStore(options.directory, options.passphrase);
  }

  /**
   * Stores a new key (mode 0600) and never overwrites one.
   * @param pair a given pair; a fresh one when absent
   * @returns the public key, hex
   * @throws SmError KEY_EXISTS
   */
  async create(keyId: string, pair: Sm2KeyPair = generateSm2KeyPair()): Promise<string> {
    const file = await sealKeyFile(keyId, pair, this.#passphrase);
    const handle = await open(this.#path(keyId), 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause;
      throw new SmError('KEY_EXISTS', `Key store: key ${keyId} is there already.`, { cause });
    });
    try {
      await handle.writeFile(`${JSON.stringify(file, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return pair.publicKey;
  }

  /** Key ids in the directory, sorted. */
  async list(): Promise<string[]> {
    const names = await readdir(this.#directory);
    return names
      .filter((name) => name.endsWith('.json'))
      .map((name) => decodeURIComponent(name.slice(0, -'.json'.length)))
      .sort();
  }

  async publicKey(keyId: string): Promise<string> {
    return (await this.#read(keyId)).publicKey;
  }

  async sign(keyId: string, message: Bytes | string): Promise<string> {
    return (await this.#unlock(keyId)).sign(keyId, message);
  }

  async decrypt(keyId: string, ciphertext: Bytes): Promise<Bytes> {
    return (await this.#unlock(keyId)).decrypt(keyId, ciphertext);
  }

  /** Tries the passphrase. @throws SmError KEY_PASSPHRASE_WRONG, KEY_NOT_FOUND, KEY_FILE_MALFORMED */
  async check(keyId: string): Promise<void> {
    await this.#unlock(keyId);
  }

  async #unlock(keyId: string): Promise<MemoryKeyStore> {
    const file = await this.#read(keyId);
    const box = file.box.ciphertext;
    const known = this.#unlocked.get(keyId);
    if (known?.box === box) return known.keys;
    const keys = openKeyFile(file, this.#passphrase).then((pair) => new MemoryKeyStore({ [keyId]: pair }));
    this.#unlocked.set(keyId, { box, keys });
    // A failed attempt is not kept: the file may be put right meanwhile.
    keys.catch(() => this.#unlocked.delete(keyId));
    return keys;
  }

  async #read(keyId: string): Promise<KeyFile> {
    const path = this.#path(keyId);
    const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
      throw new SmError('KEY_NOT_FOUND', `Key store: no key ${keyId}.`, { cause });
    });
    const file = parseKeyFile(text, keyId);
    if (file.keyId !== keyId)
      throw new SmError('KEY_FILE_MALFORMED', `Key file ${keyId}: it holds the key of another id.`);
    return file;
  }

  #path(keyId: string): string {
    return join(this.#directory, `${encodeURIComponent(keyId)}.json`);
  }
}
