import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { SoftToken } from '@collabnet/pkcs11/testing';
import { TestCli } from '../testing/cli.ts';

const soft = new SoftToken('lin');
const cli = new TestCli();
cli.environment = { SOFTHSM2_CONF: soft.configuration, COLLABNET_PIN: soft.pin };
after(() => {
  cli.remove();
  soft.remove();
});
const inToken = ['--pkcs11-module', soft.module, '--token', 'lin'];

async function fails(code: number, message: RegExp, ...args: string[]): Promise<void> {
  const result = await cli.run(...args);
  assert.match(result.stderr, message);
  assert.equal(result.code, code, result.stderr);
}

test('a key is made in a token, listed without a PIN, and never overwritten', async () => {
  const made = await cli.run('key', 'create', 'lin', ...inToken);
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stderr, /made AES key collabnet in token lin; it cannot leave it\nmade key lin .* without the token it is lost/);
  assert.equal((await cli.run('key', 'create', 'second', ...inToken)).stderr.includes('made AES key'), false);
  await cli.run('key', 'create', 'plain');
  cli.environment = {};
  const { stdout } = await cli.run('key', 'list');
  assert.match(stdout, /^NAME +PUBLIC KEY +KEPT BY\nlin +z\w+ +token lin\nplain +z\w+ +passphrase\nsecond +z\w+ +token lin\n$/);
  cli.environment = { SOFTHSM2_CONF: soft.configuration, COLLABNET_PIN: soft.pin };
  await fails(1, /key lin is there already/, 'key', 'create', 'lin');
  await fails(1, /key plain is there already/, 'key', 'create', 'plain', ...inToken);
});

test('what lies on the disk is private to the person and holds no key and no PIN', () => {
  const folder = join(cli.home, '.collabnet', 'keys');
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.token'))) {
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
    const text = readFileSync(join(folder, name), 'utf8');
    assert.equal(text.includes(soft.pin), false);
    assert.deepEqual(Object.keys(JSON.parse(text) as object).sort(), ['box', 'keyId', 'module', 'publicKey', 'schema', 'sealingKey', 'token']);
  }
});

test('what is missing is said, with what to do', async () => {
  await fails(2, /--pkcs11-module needs --token/, 'key', 'create', 'x', '--pkcs11-module', soft.module);
  await fails(2, /--token needs --pkcs11-module/, 'key', 'create', 'x', '--token', 'lin');
  await fails(1, /absolute path/, 'key', 'create', 'x', '--pkcs11-module', 'libsofthsm2.so', '--token', 'lin');
  await fails(1, /no such file/, 'key', 'create', 'x', '--pkcs11-module', '/nowhere/lib.so', '--token', 'lin');
  await fails(1, /Token mei: absent; the module sees lin/, 'key', 'create', 'x', '--pkcs11-module', soft.module, '--token', 'mei');
  cli.environment = { SOFTHSM2_CONF: soft.configuration };
  await fails(1, /no PIN for token lin: give --pin-file FILE or set COLLABNET_PIN/, 'key', 'create', 'x', ...inToken);
  assert.equal((await cli.run('key', 'show', 'x')).code, 3);
});
