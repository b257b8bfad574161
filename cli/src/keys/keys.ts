import { homedir } from 'node:os';
import { join } from 'node:path';
import { FileKeyStore } from '@collabnet/sm';
import type { Io } from '../base/io.ts';
import { readPassphrase, readPin } from './passphrase.ts';
import { findTokenKey, signWithToken, tokenKeyNames } from './token-keys.ts';

export interface KeyOptions {
  /** Directory of the key files; `~/.collabnet/keys` when absent. */
  readonly keys?: string | undefined;
  readonly passphraseFile?: string | undefined;
  /** File with the PIN of the token, for keys that one seals. */
  readonly pinFile?: string | undefined;
}

/** A key of this person, as far as everybody may know it. */
export interface KeyEntry {
  readonly name: string;
  /** Uncompressed point, hex. */
  readonly publicKey: string;
  /** What protects it, for people. */
  readonly keptBy: string;
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

/** A key by its name, whatever protects it; nothing is asked for. @throws SmError KEY_NOT_FOUND */
export async function findKey(options: KeyOptions, name: string): Promise<KeyEntry> {
  const token = await findTokenKey(keyDirectory(options), name);
  if (token) return { name, publicKey: token.sealed.publicKey, keptBy: `token ${token.sealed.token}` };
  return { name, publicKey: await (await publicKeys(options)).publicKey(name), keptBy: 'passphrase' };
}

/** All keys on this machine, sorted by name. */
export async function listKeys(options: KeyOptions): Promise<KeyEntry[]> {
  const names = [...(await (await publicKeys(options)).list()), ...(await tokenKeyNames(keyDirectory(options)))];
  return Promise.all(names.sort().map((name) => findKey(options, name)));
}

/** Signs once, and asks for the passphrase, or for the PIN where a token seals the key. */
export async function signWith(io: Io, options: KeyOptions, name: string, message: Uint8Array | string): Promise<string> {
  const token = await findTokenKey(keyDirectory(options), name);
  if (token) return signWithToken(token, await readPin(io, options.pinFile, token.sealed.token), message);
  return (await privateKeys(io, options)).sign(name, message);
}
