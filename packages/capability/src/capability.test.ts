import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import { CapabilityError, decodeCapability, encodeCapability, issueCapability, verifyCapability } from './index.ts';
import type { Capability, CapabilityRequest, ReadCapability } from './index.ts';

const keys = generateSm2KeyPair();
const issuer = { did: 'did:collab:00112233445566778899aabbccddeeff:bank', keyId: '#key-1', publicKey: keys.publicKey };
const certificateSha256 = 'ab'.repeat(32);
const now = 1_800_000_000_000;
const content: CapabilityRequest = {
  action: 'read', issuer: issuer.did, keyId: issuer.keyId, certificateSha256, networkId: 'n'.repeat(64), flowId: 'f'.repeat(64),
  step: 'align', attempt: 1, asset: 'bank/customers', assetVersion: 2, columns: ['id', 'city'], expires: now + 60_000,
};
const issue = (change: Partial<ReadCapability> = {}): Promise<Capability> =>
  issueCapability({ ...content, ...change }, (message) => sm2Sign(message, keys.privateKey));
const check = (value: unknown, change: object = {}): ReadCapability =>
  verifyCapability(value, { action: 'read', issuers: [issuer], certificateSha256, now, ...change });
const code = (expected: string, field?: string) => (error: unknown) => {
  assert.ok(error instanceof CapabilityError, String(error));
  assert.equal(error.code, expected);
  if (field) assert.equal(error.field, field);
  return true;
};

test('a capability survives the header and verifies', async () => {
  const capability = await issue();
  const verified = check(decodeCapability(encodeCapability(capability)));
  assert.deepEqual(verified, capability);
  assert.notEqual((await issue()).id, capability.id);
});

test('every altered field breaks the signature', async () => {
  const capability = await issue();
  const changes: Partial<ReadCapability>[] = [
    { columns: ['id', 'income'] }, { asset: 'bank/loans' }, { assetVersion: 3 }, { expires: now + 1e9 }, { attempt: 2 },
    { flowId: 'e'.repeat(64) }, { certificateSha256: 'cd'.repeat(32) }, { id: 'x'.repeat(22) }, { step: 'other' }, { fingerprint: '0'.repeat(64) },
  ];
  for (const change of changes) assert.throws(() => check({ ...capability, ...change }), code('CAPABILITY_SIGNATURE'), JSON.stringify(change));
});

test('a stranger with the right names does not get in', async () => {
  const stranger = generateSm2KeyPair();
  const forged = await issueCapability(content, (message) => sm2Sign(message, stranger.privateKey));
  assert.throws(() => check(forged), code('CAPABILITY_SIGNATURE'));
  assert.throws(() => check(forged, { issuers: [{ ...issuer, keyId: '#key-2' }] }), code('CAPABILITY_ISSUER'));
});

test('certificate, expiry and action are held to', async () => {
  const capability = await issue();
  assert.throws(() => check(capability, { certificateSha256: 'cd'.repeat(32) }), code('CAPABILITY_CERTIFICATE'));
  assert.throws(() => check(capability, { now: now + 60_000 }), code('CAPABILITY_EXPIRED'));
  check(capability, { now: now + 59_999 });
  assert.throws(() => verifyCapability(capability, { action: 'deliver', issuers: [issuer], certificateSha256, now }), code('CAPABILITY_SCOPE'));
});

test('malformed content names the field', async () => {
  await assert.rejects(issue({ columns: [] }), code('CAPABILITY_MALFORMED', 'columns'));
  await assert.rejects(issue({ step: '../up' }), code('CAPABILITY_MALFORMED', 'step'));
  const capability = await issue();
  assert.throws(() => check({ ...capability, more: 1 }), code('CAPABILITY_MALFORMED'));
  assert.throws(() => decodeCapability(undefined), code('CAPABILITY_MISSING'));
  assert.throws(() => decodeCapability(['a', 'b']), code('CAPABILITY_MALFORMED'));
  assert.throws(() => decodeCapability('{"a":1}'), code('CAPABILITY_MALFORMED'));
  for (const value of [null, 1, 'x', [], {}]) assert.throws(() => check(value), code('CAPABILITY_MALFORMED'));
});
