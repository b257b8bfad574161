import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSealedKey, sealKey, Token, TokenKeyStore, type SealedKey } from '@collabnet/pkcs11';
import { generateSm2KeyPair } from '@collabnet/sm';
import { CliError } from '../base/errors.ts';

const SUFFIX = '.token';

/** A key that a PKCS#11 token of this person seals. */
export interface TokenKey {
  /** Path of the PKCS#11 library. */
  readonly module: string;
  readonly sealed: SealedKey;
}

/** Names of the keys of a directory that tokens seal. They lie beside the key files of FileKeyStore. */
export async function tokenKeyNames(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => name.endsWith(SUFFIX)).map((name) => decodeURIComponent(name.slice(0, -SUFFIX.length))).sort();
}

/** @throws Pkcs11Error SEALED_KEY_MALFORMED */
export async function findTokenKey(directory: string, name: string): Promise<TokenKey | undefined> {
  const path = pathOf(directory, name);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CliError('FILE_FAILED', `${path}: cannot be read`, { cause: error });
  });
  if (text === undefined) return undefined;
  const sealed = parseSealedKey(text, path);
  const { module } = JSON.parse(text) as { module?: unknown };
  if (typeof module !== 'string') throw new CliError('FILE_FAILED', `${path}: it names no module; restore it from a backup`);
  return { module, sealed };
}

/**
 * Makes a key, and the AES key of the token too where it is missing. Never overwrites.
 *
 * @returns public key in hex, and whether the AES key was made
 * @throws Pkcs11Error
 */
export async function makeTokenKey(directory: string, name: string, token: Token, module: string): Promise<{ publicKey: string; madeSealingKey: boolean }> {
  try {
    const madeSealingKey = await token.ensureKey();
    const pair = generateSm2KeyPair();
    const sealed = await sealKey(token, name, pair);
    await writeFile(pathOf(directory, name), `${JSON.stringify({ module, ...sealed }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    return { publicKey: pair.publicKey, madeSealingKey };
  } finally {
    await token.close();
  }
}

/** Signs once and logs out. @throws Pkcs11Error */
export async function signWithToken({ module, sealed }: TokenKey, pin: string, message: Uint8Array | string): Promise<string> {
  const token = new Token({ module, token: sealed.token, pin }, sealed.sealingKey);
  try {
    return await new TokenKeyStore(token, [sealed]).sign(sealed.keyId, message);
  } finally {
    await token.close();
  }
}

function pathOf(directory: string, name: string): string {
  return join(directory, `${encodeURIComponent(name)}${SUFFIX}`);
}
