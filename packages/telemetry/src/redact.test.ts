import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { isSecretKey, redact, REDACTED, scrub } from './redact.ts';

test('secret-named fields are known in every spelling, public ones stay', () => {
  for (const key of [
    'privateKey',
    'private_key',
    'clientSecret',
    'TOKEN',
    'accessToken',
    'password',
    'dbPasswd',
    'Authorization',
    'seed',
    'accountSeed',
    'creds',
    'passphrase',
    'nats_creds',
    'apiKey',
    'privateKeyPem',
  ]) {
    assert.ok(isSecretKey(key), key);
  }
  for (const key of [
    'publicKey',
    'secretName',
    'secretRef',
    'key',
    'keyId',
    'name',
    'seeded',
    'tokens',
    'method',
    'id',
  ]) {
    assert.ok(!isSecretKey(key), key);
  }
});

test('free text loses keys, tokens, seeds and passwords and keeps the rest', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const body = pem.split('\n')[1] ?? '';
  assert.ok(!scrub(`bad key: ${pem} end`).includes(body));
  assert.match(scrub(`bad key: ${pem} end`), / end$/);
  assert.equal(scrub('dial nats://bob:hunter2@hub:4222'), `dial ${REDACTED}@hub:4222`);
  assert.ok(!scrub('Authorization: Bearer abcdefghijkl').includes('abcdefghijkl'));
  assert.ok(!scrub('jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln').includes('eyJ'));
  assert.ok(!scrub('user SUACBWGGMEQ3ZV6WKAGHGR2HTZ6DQBDX6M64TVJBAJF5FYFEPNJOOIRRVY').includes('SUAC'));
  assert.equal(scrub('task 42 of asset clinic/visits failed'), 'task 42 of asset clinic/visits failed');
});

test('objects are copied with secrets, bytes, cycles and depth taken care of', () => {
  const value: Record<string, unknown> = {
    user: { password: 'x', name: 'n' },
    list: [{ token: 't' }],
    bytes: new Uint8Array(5),
    big: 10n,
  };
  value['self'] = value;
  assert.deepEqual(redact(value), {
    user: { password: REDACTED, name: 'n' },
    list: [{ token: REDACTED }],
    bytes: '[5 bytes]',
    big: '10',
    self: '[cut]',
  });
});

test('errors keep type, code and cause and lose secrets', () => {
  class WireError extends Error {
    override readonly name = 'WireError';
    readonly code = 'WIRE_CLOSED';
    readonly token = 'abc';
  }
  const out = redact(new WireError('closed', { cause: new Error('password=x1y2z3') })) as Record<string, unknown>;
  assert.equal(out['type'], 'WireError');
  assert.equal(out['code'], 'WIRE_CLOSED');
  assert.equal(out['token'], REDACTED);
  assert.ok(!JSON.stringify(out).includes('x1y2z3'));
});

test('what a parser quotes of a text it could not read is not repeated', () => {
  for (const text of ['330106199001010011,Li Wei', `{"id": 330106199001010011, "name": Li Wei, ${'x'.repeat(200)}}`]) {
    let caught: unknown;
    try {
      JSON.parse(text);
    } catch (error) {
      caught = error;
    }
    const told = JSON.stringify(redact({ err: new Error('malformed', { cause: caught }) }));
    assert.ok(!/33010619|Li Wei/.test(told), told);
    assert.match(told, /SyntaxError/);
  }
});
