import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { signRequest } from '@collabnet/capability';
import { issueClientCertificate } from '@collabnet/capability/authority';
import type { Actor, Bench } from '@collabnet/contracts/testing';
import { TestLedger } from '@collabnet/ledger/testing';
import { generateSm2KeyPair, randomBytes, sm2Sign } from '@collabnet/sm';
import { LedgerPersonGate } from './ledger-person-gate.ts';
import { resultPath } from './result-id.ts';
import { TestStore, flowId, path } from './testing-store.ts';
import type { Answer } from './testing-store.ts';

const content = Buffer.from(randomBytes(600_000));
let ledger: TestLedger;
let bench: Bench;
let store: TestStore;
before(async () => {
  ({ ledger, bench } = await TestLedger.bench());
  const replica = ledger.client();
  const gate = new LedgerPersonGate((id) => (id === ledger.networkId ? { did: bench.a.did, ledger: replica } : undefined), 1000);
  store = await TestStore.start({ gate, networkId: ledger.networkId });
  const put = await store.call({ method: 'PUT', headers: { ...(await store.capability(ledger.networkId)), 'content-type': 'text/csv' }, body: content });
  assert.equal(put.status, 201);
});
after(async () => {
  await store.close();
  await ledger.close();
});

const sign = (actor: Actor, request: { method?: string; path?: string } = {}, now?: number): Promise<Record<string, string>> =>
  signRequest({ method: 'GET', path, ...request, signer: actor.did, keyId: actor.keyId }, (text) => sm2Sign(text, actor.keys.privateKey), now);
// Persons have no client certificate.
const get = async (headers: Record<string, string>, at = path): Promise<Answer> => store.call({ path: at, headers, identity: undefined });

test('a data manager of the institution fetches the result, and it is recorded', async () => {
  const answer = await get(await sign(bench.a.manager));
  assert.equal(answer.status, 200, answer.body.toString('utf8', 0, 300));
  assert.deepEqual(answer.body, content);
  assert.equal(answer.headers['content-type'], 'text/csv');
  const record = store.context.log.list(0, 100).at(-1);
  assert.deepEqual([record?.action, record?.who, record?.bytes, record?.outcome], ['Get', bench.a.manager.did, content.length, 'Complete']);
});

test('metadata and lists are for persons and the operator', async () => {
  const meta = await get(await sign(bench.a.manager, { path: `${path}/metadata` }), `${path}/metadata`);
  assert.equal((JSON.parse(meta.body.toString()) as { bytes: number }).bytes, content.length);
  const list = await get(await sign(bench.a.manager, { path: '/v1/results?limit=5' }), '/v1/results?limit=5');
  assert.deepEqual((JSON.parse(list.body.toString()) as { items: { output: string }[] }).items.map((item) => item.output), ['matched']);
  assert.equal((await get({}, '/v1/results')).status, 401);
  assert.equal((await store.call({ path: '/v1/results' })).status, 401, 'a courier is no person');
});

test('nobody else does: no signature, a certificate alone, another role, another institution, an institution, a stranger', async () => {
  assert.equal((await get({})).code, 'REQUEST_MALFORMED');
  assert.equal((await store.call({ identity: store.operator })).code, 'REQUEST_MALFORMED', 'not even the operator');
  assert.equal((await get(await sign(bench.a.officer))).code, 'PERSON_ROLE');
  assert.equal((await get(await sign(bench.b.manager))).code, 'PERSON_ROLE');
  assert.equal((await get(await sign(bench.a))).code, 'PERSON_UNKNOWN');
  assert.equal((await get(await sign({ ...bench.a.manager, did: `${bench.a.manager.did}x`, keyId: `${bench.a.manager.did}x#key-1` }))).code, 'PERSON_UNKNOWN');
  assert.equal((await get(await sign({ ...bench.a.manager, keyId: `${bench.a.manager.did}#key-9` }))).code, 'PERSON_UNKNOWN');
  assert.equal((await get(await sign({ ...bench.a.manager, keys: generateSm2KeyPair() }))).code, 'REQUEST_SIGNATURE');
  assert.equal((await get(await sign({ ...bench.a.manager, did: bench.b.manager.did }))).code, 'PERSON_UNKNOWN', "a key of another person's record");
});

test('a signature is for one request, once, now', async () => {
  const headers = await sign(bench.a.manager);
  assert.equal((await get(headers, `/v1/results/${flowId}/align/other`)).code, 'REQUEST_SIGNATURE');
  assert.equal((await store.call({ method: 'DELETE', headers, identity: undefined })).code, 'FORBIDDEN');
  assert.equal((await get(headers)).status, 200);
  assert.equal((await get(headers)).code, 'REQUEST_REPLAYED');
  assert.equal((await get(await sign(bench.a.manager, {}, Date.now() - 301_000))).code, 'REQUEST_DATE');
  assert.equal((await get(await sign(bench.a.manager, {}, Date.now() + 301_000))).code, 'REQUEST_DATE');
  assert.equal((await get({ ...(await sign(bench.a.manager)), 'collabnet-nonce': 'x'.repeat(22) })).code, 'REQUEST_SIGNATURE');
});

test('a result that is not there is told to those who may know', async () => {
  const at = `/v1/results/${flowId}/align/none`;
  assert.equal((await get(await sign(bench.a.manager, { path: at }), at)).status, 404);
  assert.equal((await get(await sign(bench.a.officer, { path: at }), at)).code, 'PERSON_ROLE');
});

test('a result damaged on the disk is cut, never delivered as it is', async () => {
  const file = resultPath(store.context.config.current.root, { flowId, step: 'align', output: 'matched' });
  const good = await readFile(file);
  const bad = Buffer.from(good);
  bad[400_000] = (bad[400_000] ?? 0) ^ 1;
  await writeFile(file, bad);
  await assert.rejects(async () => get(await sign(bench.a.manager)));
  assert.equal(store.context.log.list(0, 1000).at(-1)?.outcome, 'RESULT_CORRUPT');
  await writeFile(file, good);
});

test('while the ledger cannot be asked, nobody comes in', async () => {
  ledger.cut = true;
  try {
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const answer = await get(await sign(bench.a.manager));
    assert.equal(answer.status, 503);
    assert.equal(answer.code, 'LEDGER_UNAVAILABLE');
  } finally {
    ledger.cut = false;
  }
});

test('a deactivated person and a person with a certificate of a courier get what the ledger says', async () => {
  const courier = await issueClientCertificate({ ca: store.ca, commonName: 'courier-2', ttl: 600 });
  assert.equal((await store.call({ headers: await sign(bench.a.manager), identity: courier })).status, 200);
  await bench.net.send(bench.a, 'identity.deactivatePerson', { did: bench.a.manager.did, reason: 'left' });
  assert.equal((await get(await sign(bench.a.manager))).code, 'PERSON_UNKNOWN');
});
