import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { modelShareType } from '@collabnet/capability';
import { issueClientCertificate } from '@collabnet/capability/authority';
import { signRequest } from '@collabnet/capability';
import type { Bench } from '@collabnet/contracts/testing';
import { TestLedger } from '@collabnet/ledger/testing';
import { randomBytes, sm2Sign } from '@collabnet/sm';
import { LedgerPersonGate } from './ledger-person-gate.ts';
import { TestStore, path } from './testing-store.ts';

const content = Buffer.from(randomBytes(300_000));
let ledger: TestLedger;
let bench: Bench;
let store: TestStore;
before(async () => {
  ({ ledger, bench } = await TestLedger.bench());
  const replica = ledger.client();
  const gate = new LedgerPersonGate((id) => (id === ledger.networkId ? { did: bench.a.did, ledger: replica } : undefined), 1000);
  store = await TestStore.start({ gate, networkId: ledger.networkId });
  const headers = { ...(await store.capability(ledger.networkId)), 'content-type': modelShareType };
  assert.equal((await store.call({ method: 'PUT', headers, body: content })).status, 201);
});
after(async () => {
  await store.close();
  await ledger.close();
});

test('the courier of a later step reads what an earlier one delivered, again if it must, and it is recorded', async () => {
  const headers = await store.fetchCapability(ledger.networkId);
  for (let time = 0; time < 2; time += 1) {
    const answer = await store.call({ headers });
    assert.equal(answer.status, 200, answer.body.toString('utf8', 0, 300));
    assert.deepEqual(answer.body, content);
    assert.equal(answer.headers['content-type'], modelShareType);
  }
  const record = store.context.log.list(0, 100).at(-1);
  assert.deepEqual([record?.action, record?.who, record?.bytes, record?.outcome], ['Get', 'courier', content.length, 'Complete']);
});

test('a capability opens one result of its own flow, for its certificate, until it expires', async () => {
  const code = async (change: Parameters<TestStore['fetchCapability']>[1]) => (await store.call({ headers: await store.fetchCapability(ledger.networkId, change) })).code;
  assert.equal(await code({ source: { step: 'align', output: 'other' } }), 'CAPABILITY_SCOPE');
  assert.equal(await code({ source: { step: 'train', output: 'matched' } }), 'CAPABILITY_SCOPE');
  assert.equal(await code({ flowId: 'e'.repeat(64) }), 'CAPABILITY_SCOPE');
  assert.equal(await code({ flowId: 'e'.repeat(64), source: { flow: 'f'.repeat(64), step: 'align', output: 'matched' } }), undefined, 'of a later flow, which may name the model of an earlier one');
  assert.equal(await code({ source: { flow: 'e'.repeat(64), step: 'align', output: 'matched' } }), 'CAPABILITY_SCOPE');
  assert.equal(await code({ expires: Date.now() - 1 }), 'CAPABILITY_EXPIRED');
  assert.equal(await code({ networkId: 'a'.repeat(64) }), 'NOT_FOUND', 'of another network');
  const other = await issueClientCertificate({ ca: store.ca, commonName: 'courier-2', ttl: 60 });
  const headers = await store.fetchCapability(ledger.networkId);
  assert.equal((await store.call({ headers, identity: other })).code, 'CAPABILITY_CERTIFICATE');
  assert.equal((await store.call({ headers, identity: undefined })).code, 'CLIENT_CERTIFICATE');
  assert.equal((await store.call({ headers: await store.capability(ledger.networkId) })).code, 'CAPABILITY_SCOPE', 'to deliver is not to read');
  const absent = await store.call({ path: path.replace('matched', 'none'), headers: await store.fetchCapability(ledger.networkId, { source: { step: 'align', output: 'none' } }) });
  assert.deepEqual([absent.status, absent.code], [404, 'NOT_FOUND']);
  assert.match(absent.body.toString(), /align\/none: it was removed, or kept for a shorter time/);
});

test('a share of a model goes to no person, whatever its role', async () => {
  const signed = await signRequest({ method: 'GET', path, signer: bench.a.manager.did, keyId: bench.a.manager.keyId }, (text) => sm2Sign(text, bench.a.manager.keys.privateKey));
  const answer = await store.call({ headers: signed, identity: undefined });
  assert.deepEqual([answer.status, answer.code], [403, 'MODEL_SHARE']);
  assert.match(answer.body.toString(), /name Predict or Explain in the task/);
});
