import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import { readSignedRequest, signRequest, verifySignedRequest } from './index.ts';

const keys = generateSm2KeyPair();
const who = { method: 'GET', path: '/v1/results/a/b/c', signer: 'did:collab:00112233445566778899aabbccddeeff:bank.li', keyId: 'did:collab:00112233445566778899aabbccddeeff:bank.li#key-1' };
const now = 1_800_000_000_000;
const clock = { now, toleranceMs: 300_000 };

test('a signed request verifies, and nothing in it can be changed', async () => {
  const headers = await signRequest(who, (text) => sm2Sign(text, keys.privateKey), now);
  const read = readSignedRequest({ method: 'GET', path: who.path, headers }, clock);
  verifySignedRequest(read, keys.publicKey);
  for (const change of [{ method: 'DELETE' }, { path: '/v1/results/a/b/d' }, { nonce: 'x'.repeat(22) }, { signer: `${who.signer}x` }, { date: new Date(now + 1).toISOString() }]) {
    assert.throws(() => verifySignedRequest({ ...read, ...change }, keys.publicKey), { code: 'REQUEST_SIGNATURE' }, JSON.stringify(change));
  }
  assert.throws(() => verifySignedRequest(read, generateSm2KeyPair().publicKey), { code: 'REQUEST_SIGNATURE' });
});

test('the date may be five minutes off, and headers must be there', async () => {
  const headers = await signRequest(who, (text) => sm2Sign(text, keys.privateKey), now);
  const at = (time: number, change: object = {}) => () => readSignedRequest({ method: 'GET', path: who.path, headers: { ...headers, ...change } }, { ...clock, now: time });
  at(now + 300_000)();
  assert.throws(at(now + 300_001), { code: 'REQUEST_DATE' });
  assert.throws(at(now - 300_001), { code: 'REQUEST_DATE' });
  assert.throws(at(now, { 'collabnet-nonce': 'short' }), { code: 'REQUEST_MALFORMED', field: 'collabnet-nonce' });
  assert.throws(at(now, { 'collabnet-signature': undefined }), { code: 'REQUEST_MALFORMED' });
});
