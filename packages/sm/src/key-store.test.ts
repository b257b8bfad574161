import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { toBytes } from './encoding.ts';
import { FileKeyStore } from './file-key-store.ts';
import { MemoryKeyStore } from './key-store.ts';
import { sm2Encrypt } from './sm2-encryption.ts';
import { generateSm2KeyPair } from './sm2-keys.ts';
import { sm2Verify } from './sm2-signature.ts';
import type { KeyStore } from './key-store.ts';

const root = await mkdtemp(join(tmpdir(), 'sm-keys-'));
after(() => rm(root, { recursive: true, force: true }));
const keyId = 'did:collab:0123456789abcdef0123456789abcdef:bank-a#key-1';
const passphrase = 'correct horse';

async function exercise(store: KeyStore): Promise<void> {
  const publicKey = await store.publicKey(keyId);
  assert.equal(sm2Verify('m', await store.sign(keyId, 'm'), publicKey), true);
  const plaintext = await store.decrypt(keyId, sm2Encrypt(toBytes('secret'), publicKey));
  assert.equal(Buffer.from(plaintext).toString(), 'secret');
  await assert.rejects(store.sign('other#key-1', 'm'), { code: 'KEY_NOT_FOUND' });
  await assert.rejects(store.publicKey('__proto__'), { code: 'KEY_NOT_FOUND' });
}

test('a memory store signs and decrypts', () => exercise(new MemoryKeyStore({ [keyId]: generateSm2KeyPair() })));

test('a file store keeps keys over a restart, private to the owner and never in clear', async () => {
  const directory = join(root, 'a');
  const pair = generateSm2KeyPair();
  const store = await FileKeyStore.open({ directory, passphrase });
  assert.equal(await store.create(keyId, pair), pair.publicKey);
  const reopened = await FileKeyStore.open({ directory, passphrase });
  await exercise(reopened);
  assert.deepEqual(await reopened.list(), [keyId]);

  const path = join(directory, (await readdir(directory))[0] ?? '');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
  assert.equal((await readFile(path, 'utf8')).includes(pair.privateKey), false);
});

test('a file store follows a file that is exchanged or taken away', async () => {
  const directory = join(root, 'c');
  const store = await FileKeyStore.open({ directory, passphrase });
  await store.create(keyId);
  await store.check(keyId);
  const path = join(directory, (await readdir(directory))[0] ?? '');
  await rm(path);
  await assert.rejects(store.sign(keyId, 'm'), { code: 'KEY_NOT_FOUND' });
  const next = await store.create(keyId);
  assert.equal(sm2Verify('m', await store.sign(keyId, 'm'), next), true);
});

test('a file store refuses a wrong passphrase, an overwrite and a changed file', async () => {
  const directory = join(root, 'b');
  const store = await FileKeyStore.open({ directory, passphrase });
  await store.create(keyId);
  await assert.rejects(store.create(keyId), { code: 'KEY_EXISTS' });
  const wrong = await FileKeyStore.open({ directory, passphrase: 'incorrect horse' });
  await assert.rejects(wrong.sign(keyId, 'm'), { code: 'KEY_PASSPHRASE_WRONG' });
  await assert.rejects(wrong.check(keyId), { code: 'KEY_PASSPHRASE_WRONG' });

  const path = join(directory, (await readdir(directory))[0] ?? '');
  const file = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...file, publicKey: generateSm2KeyPair().publicKey }));
  const fresh = await FileKeyStore.open({ directory, passphrase });
  await assert.rejects(fresh.sign(keyId, 'm'), { code: 'KEY_PASSPHRASE_WRONG' });
  await writeFile(path, JSON.stringify({ ...file, keyId: 'another#key-1' }));
  await assert.rejects(fresh.publicKey(keyId), { code: 'KEY_FILE_MALFORMED' });
  await writeFile(path, '{}');
  await assert.rejects(fresh.publicKey(keyId), { code: 'KEY_FILE_MALFORMED' });
});
