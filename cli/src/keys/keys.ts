import { homedir } from 'node:os';
import { join } from 'node:path';
import { FileKeyStore } from '@collabnet/sm';
import type { Io } from '../base/io.ts';
import { readPassphrase } from './passphrase.ts';

export interface KeyOptions {
  /** Directory of the key files; `~/.collabnet/keys` when absent. */
  readonly keys?: string | undefined;
  readonly passphraseFile?: string | undefined;
}

export function keyDirectory(options: KeyOptions): string {
  return options.keys ?? process.env['COLLABNET_KEYS'] ?? join(homedir(), '.collabnet', 'keys');
}

/** The store for reading public keys: no passphrase is needed. */
export function publicKeys(options: KeyOptions): Promise<FileKeyStore> {
  return FileKeyStore.open({ directory: keyDirectory(options), passphrase: '' });
}

/** The store for signing, or for a new key when `fresh`. */
export async function privateKeys(io: Io, options: KeyOptions, fresh = false): Promise<FileKeyStore> {
  return FileKeyStore.open({ directory: keyDirectory(options), passphrase: await readPassphrase(io, options.passphraseFile, fresh) });
}
