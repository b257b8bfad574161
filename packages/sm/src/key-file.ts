import { scrypt } from 'node:crypto';
import { SmError } from './errors.ts';
import { fromBase64Url, fromHex, toBase64Url, toBytes, toHex } from './encoding.ts';
import { randomBytes } from './random.ts';
import { openSm4, sealSm4 } from './sm4-box.ts';
import { sm2PublicKeyOf } from './sm2-keys.ts';
import type { Bytes } from './encoding.ts';
import type { Sm2KeyPair } from './sm2-keys.ts';

/** The JSON of one key file. Binary values are base64url. */
export interface KeyFile {
  schema: 'collabnet.dev/sm2-key/v1';
  keyId: string;
  publicKey: string;
  kdf: { name: 'scrypt'; cost: number; blockSize: number; parallelization: number; salt: string };
  box: { nonce: string; ciphertext: string; tag: string };
}

const schema = 'collabnet.dev/sm2-key/v1';
const kdfCost = { cost: 2 ** 15, blockSize: 8, parallelization: 1 };

/** Encrypts a private key under a passphrase: scrypt (RFC 7914), then an SM4 box bound to key id and public key. */
export async function sealKeyFile(keyId: string, pair: Sm2KeyPair, passphrase: string): Promise<KeyFile> {
  const salt = randomBytes(16);
  const key = await deriveKey(passphrase, salt, kdfCost);
  const box = sealSm4(key, fromHex(pair.privateKey), aadOf(keyId, pair.publicKey));
  return {
    schema,
    keyId,
    publicKey: pair.publicKey,
    kdf: { name: 'scrypt', ...kdfCost, salt: toBase64Url(salt) },
    box: { nonce: toBase64Url(box.nonce), ciphertext: toBase64Url(box.ciphertext), tag: toBase64Url(box.tag) },
  };
}

/** @throws SmError KEY_PASSPHRASE_WRONG, KEY_FILE_MALFORMED */
export async function openKeyFile(file: KeyFile, passphrase: string): Promise<Sm2KeyPair> {
  const key = await deriveKey(passphrase, fromBase64Url(file.kdf.salt), file.kdf);
  const { nonce, ciphertext, tag } = file.box;
  const box = { nonce: fromBase64Url(nonce), ciphertext: fromBase64Url(ciphertext), tag: fromBase64Url(tag) };
  let privateKey: string;
  try {
    privateKey = toHex(openSm4(key, box, aadOf(file.keyId, file.publicKey)));
  } catch (cause) {
    throw new SmError('KEY_PASSPHRASE_WRONG', `Key file ${file.keyId}: wrong passphrase, or the file was changed.`, {
      cause,
    });
  }
  if (sm2PublicKeyOf(privateKey) !== file.publicKey) {
    throw new SmError('KEY_FILE_MALFORMED', `Key file ${file.keyId}: public and private key do not belong together.`);
  }
  return { privateKey, publicKey: file.publicKey };
}

/** @throws SmError KEY_FILE_MALFORMED */
export function parseKeyFile(text: string, name: string): KeyFile {
  try {
    const file = JSON.parse(text) as KeyFile;
    const texts = [file.keyId, file.publicKey, file.kdf.salt, file.box.nonce, file.box.ciphertext, file.box.tag];
    const { cost, blockSize, parallelization } = file.kdf;
    // Bounded, so that a planted file cannot make the process reserve gigabytes.
    const bounded = cost <= 2 ** 20 && blockSize <= 32 && parallelization <= 16;
    if (file.schema === schema && file.kdf.name === 'scrypt' && bounded && texts.every((t) => typeof t === 'string')) {
      return file;
    }
  } catch (cause) {
    throw new SmError('KEY_FILE_MALFORMED', `Key file ${name}: not a key file.`, { cause });
  }
  throw new SmError('KEY_FILE_MALFORMED', `Key file ${name}: not of schema ${schema}.`);
}

function aadOf(keyId: string, publicKey: string): Bytes {
  return toBytes(JSON.stringify([schema, keyId, publicKey]));
}

function deriveKey(
  passphrase: string,
  salt: Bytes,
  kdf: { cost: number; blockSize: number; parallelization: number },
): Promise<Bytes> {
  const { cost, blockSize, parallelization } = kdf;
  const maxmem = 256 * cost * blockSize;
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, 32, { cost, blockSize, parallelization, maxmem }, (error, key) => {
      if (error) reject(new SmError('KEY_FILE_MALFORMED', 'Key file: scrypt parameters refused.', { cause: error }));
      else resolve(new Uint8Array(key));
    });
  });
}
