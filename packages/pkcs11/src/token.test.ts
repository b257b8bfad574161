import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { generateSm2KeyPair, sm2Encrypt, sm2Verify, toBytes } from '@collabnet/sm';
import { parseSealedKey, sealKey, unsealKey } from './sealed-key.ts';
import { SoftToken } from './testing/index.ts';
import { TokenKeyStore } from './token-key-store.ts';
import { Token } from './token.ts';

const soft = new SoftToken('bank-a', 'bank-b');
after(() => soft.remove());
const address = { module: soft.module, token: 'bank-a', pin: soft.pin };

async function tokenWithKey(keyLabel: string, at: { module: string; token: string; pin: string } = address): Promise<Token> {
  const token = new Token(at, keyLabel);
  assert.equal(await token.ensureKey(), true);
  return token;
}

/** As an administrator would do it, with other attributes than ours. */
function pkcs11Tool(token: string, pin: string, ...args: readonly string[]): void {
  execFileSync('pkcs11-tool', ['--module', soft.module, '--token-label', token, '--login', '--pin', pin, ...args], { stdio: 'pipe' });
}

test('a sealed key signs and decrypts, only by the token, and only under its own id', async () => {
  const token = await tokenWithKey('seal');
  assert.equal(await token.ensureKey(), false, 'made twice');
  const pair = generateSm2KeyPair();
  const sealed = await sealKey(token, 'key-1', pair);
  assert.equal(JSON.stringify(sealed).includes(pair.privateKey), false);
  const store = new TokenKeyStore(token, [parseSealedKey(JSON.stringify(sealed), 'a copy')]);
  assert.equal(sm2Verify('m', await store.sign('key-1', 'm'), await store.publicKey('key-1')), true);
  assert.equal(Buffer.from(await store.decrypt('key-1', sm2Encrypt(toBytes('secret'), pair.publicKey))).toString(), 'secret');
  await assert.rejects(store.sign('key-2', 'm'), { code: 'KEY_NOT_FOUND' });
  await assert.rejects(unsealKey(token, { ...sealed, keyId: 'key-2' }), { code: 'SEAL_BROKEN' });
  await assert.rejects(unsealKey(token, { ...sealed, publicKey: generateSm2KeyPair().publicKey }), { code: 'SEAL_BROKEN' });
  await token.close();
});

test('many uses at once keep apart', async () => {
  const token = await tokenWithKey('busy');
  const pairs = await Promise.all(Array.from({ length: 16 }, async (_, at) => sealKey(token, `key-${at}`, generateSm2KeyPair())));
  const store = new TokenKeyStore(token, pairs);
  const signatures = await Promise.all(pairs.map(({ keyId }) => store.sign(keyId, keyId)));
  assert.deepEqual(signatures.map((signature, at) => sm2Verify(`key-${at}`, signature, pairs[at]?.publicKey ?? '')), pairs.map(() => true));
  await token.close();
});

test('the key of another token, or another key, opens nothing', async () => {
  const ours = await tokenWithKey('same-label');
  const theirs = await tokenWithKey('same-label', { ...address, token: 'bank-b' });
  const sealed = await sealKey(ours, 'key-1', generateSm2KeyPair());
  await assert.rejects(unsealKey(theirs, sealed), { code: 'SEAL_BROKEN', message: /bank-b/ });
  const bent = Buffer.from(sealed.box.ciphertext, 'base64url');
  bent[0] = (bent[0] ?? 0) ^ 1;
  await assert.rejects(unsealKey(ours, { ...sealed, box: { ...sealed.box, ciphertext: bent.toString('base64url') } }), { code: 'SEAL_BROKEN' });
  // A failed operation must not spoil the session for the next one.
  assert.equal((await unsealKey(ours, sealed)).publicKey, sealed.publicKey);
  await Promise.all([ours.close(), theirs.close()]);
});

test('a key that an administrator made is used, unless it could leave the token', async () => {
  pkcs11Tool('bank-a', soft.pin, '--keygen', '--key-type', 'aes:32', '--sensitive', '--label', 'by-hand');
  const token = new Token(address, 'by-hand');
  assert.equal(await token.ensureKey(), false);
  assert.equal((await unsealKey(token, await sealKey(token, 'key-1', generateSm2KeyPair()))).privateKey.length, 64);
  await token.close();
  pkcs11Tool('bank-a', soft.pin, '--keygen', '--key-type', 'aes:32', '--extractable', '--label', 'loose');
  await assert.rejects(new Token(address, 'loose').ensureKey(), { code: 'KEY_EXPORTABLE', message: /not extractable/ });
  pkcs11Tool('bank-a', soft.pin, '--keygen', '--key-type', 'aes:32', '--sensitive', '--label', 'twice');
  pkcs11Tool('bank-a', soft.pin, '--keygen', '--key-type', 'aes:32', '--sensitive', '--label', 'twice');
  await assert.rejects(new Token(address, 'twice').ensureKey(), { code: 'KEY_AMBIGUOUS' });
});

test('each thing that is missing or wrong has its own code and says what to do', async () => {
  const use = (change: Partial<typeof address>, key = 'seal'): Promise<unknown> => new Token({ ...address, ...change }, key).seal(new Uint8Array(32), new Uint8Array(12), new Uint8Array(0));
  await assert.rejects(use({ module: '/nowhere/lib.so' }), { code: 'MODULE_MISSING', message: /\/nowhere\/lib\.so/ });
  await assert.rejects(use({ module: 'lib.so' }), { code: 'MODULE_MISSING', message: /absolute/ });
  await assert.rejects(use({ module: '/usr/bin/env' }), { code: 'MODULE_UNUSABLE' });
  const text = join(soft.folder, 'text.so');
  await writeFile(text, 'no library');
  await assert.rejects(use({ module: text }), { code: 'MODULE_UNUSABLE' });
  await assert.rejects(use({ token: 'bank-x' }), { code: 'TOKEN_ABSENT', message: /bank-x: absent; the module sees bank-a, bank-b/ });
  await assert.rejects(use({ pin: '0000' }), (error: Error & { code: string }) => error.code === 'PIN_WRONG' && !error.message.includes('0000'));
  await assert.rejects(use({}, 'no-such-key'), { code: 'KEY_ABSENT', message: /pkcs11-tool .* --label no-such-key/ });
});

test('a refused PIN is not tried again, so that nothing that repeats locks the token', async () => {
  soft.util('--init-token', '--free', '--label', 'bank-c', '--so-pin', '31415926', '--pin', '1111');
  const token = new Token({ ...address, token: 'bank-c' }, 'seal');
  await assert.rejects(token.ensureKey(), { code: 'PIN_WRONG' });
  // The PIN becomes the one that was refused: whoever tried it again would succeed.
  pkcs11Tool('bank-c', '1111', '--change-pin', '--new-pin', soft.pin);
  await assert.rejects(token.ensureKey(), { code: 'PIN_WRONG' });
  assert.equal(await new Token({ ...address, token: 'bank-c' }, 'seal').ensureKey(), true);
});

test('a wrong PIN is wrong also while the token is open to others', async () => {
  const open = await tokenWithKey('open');
  await sealKey(open, 'key-1', generateSm2KeyPair());
  await assert.rejects(new Token({ ...address, pin: '0000' }, 'open').ensureKey(), { code: 'PIN_WRONG' });
  await open.close();
});

test('a token that was away is used again when it is back', async () => {
  const token = await tokenWithKey('away');
  const sealed = await sealKey(token, 'key-1', generateSm2KeyPair());
  await token.close();
  const [at, aside] = [join(soft.folder, 'tokens'), join(soft.folder, 'aside')];
  await rename(at, aside);
  await mkdir(at);
  await assert.rejects(unsealKey(token, sealed), { code: 'TOKEN_ABSENT', message: /sees no token/ });
  await rm(at, { recursive: true, force: true });
  await rename(aside, at);
  assert.equal((await unsealKey(token, sealed)).publicKey, sealed.publicKey);
  await token.close();
});

test('what is no sealed key is refused with the place it came from', () => {
  for (const text of ['', '{}', 'null', JSON.stringify({ schema: 'collabnet.dev/sm2-token-key/v1', box: {} })]) {
    assert.throws(() => parseSealedKey(text, 'Secret bank-a-sealed-keys, sign.sealed'), { code: 'SEALED_KEY_MALFORMED', message: /^Secret bank-a-sealed-keys, sign\.sealed: / });
  }
});
