import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { createCa, issueClientCertificate } from '@collabnet/capability/authority';
import { randomBytes, sm3Hex } from '@collabnet/sm';
import { LedgerPersonGate } from './ledger-person-gate.ts';
import type { ResultMetadata } from './result-files.ts';
import { TestStore, flowId, path } from './testing-store.ts';

const networkId = 'ab'.repeat(32);
// No person comes in here; a network without a ledger lets none in.
const gate = new LedgerPersonGate(() => undefined, 1000);
const content = Buffer.from(randomBytes(700_000));
let store: TestStore;
before(async () => void (store = await TestStore.start({ gate, networkId })));
after(() => store.close());

const unfinished = async (): Promise<string[]> => readdir(join(store.context.config.current.root, 'unfinished'));
const meta = async (at = path): Promise<ResultMetadata | undefined> => {
  const answer = await store.call({ path: `${at}/metadata`, identity: store.operator });
  return answer.status === 200 ? (JSON.parse(answer.body.toString()) as ResultMetadata) : undefined;
};
async function stored(output = 'matched'): Promise<Buffer> {
  const opened = await store.context.files.read({ flowId, step: 'align', output });
  assert.ok(opened);
  const parts: Buffer[] = [];
  for await (const chunk of opened.chunks()) parts.push(chunk);
  await opened.close();
  return Buffer.concat(parts);
}

test('a delivery is stored whole, sealed, and told to the operator', async () => {
  const headers = { ...(await store.capability(networkId)), 'content-type': 'text/csv' };
  const answer = await store.call({ method: 'PUT', headers, body: Readable.from([content.subarray(0, 10), content.subarray(10)]) });
  assert.equal(answer.status, 201, answer.body.toString());
  assert.deepEqual(await stored(), content);
  const metadata = await meta();
  assert.equal(metadata?.bytes, content.length);
  assert.equal(metadata?.digest, sm3Hex(content));
  assert.equal(metadata?.contentType, 'text/csv');
  const head = await store.call({ method: 'HEAD', identity: store.operator });
  assert.equal(head.headers['content-length'], String(content.length));
  assert.deepEqual(await unfinished(), []);
  const [record] = store.context.log.list(0, 1);
  assert.equal(record?.action, 'Put');
  assert.equal(record?.bytes, content.length);
});

test('the same again is adopted, other content of the attempt refused, a later attempt replaces', async () => {
  const capability = await store.capability(networkId, { attempt: 1 });
  assert.equal((await store.call({ method: 'PUT', headers: capability, body: content })).status, 200);
  const other = await store.call({ method: 'PUT', headers: capability, body: Buffer.from('other') });
  assert.equal(other.code, 'RESULT_EXISTS');
  assert.deepEqual(await stored(), content);
  const second = await store.capability(networkId, { attempt: 2 });
  assert.equal((await store.call({ method: 'PUT', headers: second, body: Buffer.from('second') })).status, 201);
  assert.equal((await stored()).toString(), 'second');
  assert.equal((await meta())?.attempt, 2);
  const late = await store.call({ method: 'PUT', headers: await store.capability(networkId, { attempt: 1 }), body: content });
  assert.equal(late.code, 'RESULT_EXISTS');
});

test('a capability stores once: after a removal it does not store again', async () => {
  const headers = await store.capability(networkId, { output: 'once' });
  const at = `/v1/results/${flowId}/align/once`;
  assert.equal((await store.call({ method: 'PUT', path: at, headers, body: content })).status, 201);
  assert.equal((await store.call({ method: 'DELETE', path: at, identity: store.courier })).code, 'FORBIDDEN');
  assert.equal((await store.call({ method: 'DELETE', path: at, identity: store.operator })).status, 204);
  assert.equal(await meta(at), undefined);
  assert.equal((await store.call({ method: 'PUT', path: at, headers, body: content })).code, 'CAPABILITY_REUSED');
  assert.equal(await meta(at), undefined);
});

test('who may not deliver, does not', async () => {
  const at = `/v1/results/${flowId}/align/refused`;
  const put = async (change: Parameters<TestStore['capability']>[1], more: Partial<Parameters<TestStore['call']>[0]> = {}): Promise<string | undefined> =>
    (await store.call({ method: 'PUT', path: at, headers: await store.capability(networkId, { output: 'refused', ...change }), body: content, ...more })).code;
  const stranger = await createCa({ commonName: 'CA', days: 1 });
  const sibling = await issueClientCertificate({ ca: store.ca, commonName: 'courier', ttl: 600 });
  assert.equal(await put({}, { headers: {} }), 'CAPABILITY_MISSING');
  assert.equal(await put({}, { identity: undefined }), 'CLIENT_CERTIFICATE');
  assert.equal(await put({}, { identity: await issueClientCertificate({ ca: stranger, commonName: 'courier', ttl: 600 }) }), 'CLIENT_CERTIFICATE');
  assert.equal(await put({}, { identity: sibling }), 'CAPABILITY_CERTIFICATE');
  assert.equal(await put({ expires: Date.now() - 1 }), 'CAPABILITY_EXPIRED');
  assert.equal(await put({ output: 'matched' }), 'CAPABILITY_SCOPE');
  assert.equal(await put({ flowId: 'e'.repeat(64) }), 'CAPABILITY_SCOPE');
  assert.equal(await put({ step: 'other' }), 'CAPABILITY_SCOPE');
  assert.equal(await put({ maxBytes: 1000 }), 'RESULT_TOO_LARGE');
  assert.equal(await put({ maxBytes: 1000 }, { body: Readable.from([content]) }), 'RESULT_TOO_LARGE');
  assert.equal(await put({ issuer: 'did:collab:00112233445566778899aabbccddeeff:other' }), 'CAPABILITY_ISSUER');
  assert.equal((await store.call({ method: 'PUT', path: '/v1/results/..%2f/align/x', headers: {}, body: content })).code, 'INVALID_ARGUMENT');
  assert.equal(await meta(at), undefined);
  assert.deepEqual(await unfinished(), []);
});

test('an upload that breaks off leaves nothing, and may be tried again with the same capability', async () => {
  const headers = await store.capability(networkId, { output: 'broken' });
  const at = `/v1/results/${flowId}/align/broken`;
  const used = store.context.files.usedBytes;
  const half = async function* (): AsyncGenerator<Buffer> {
    yield content;
    await new Promise((resolve) => setTimeout(resolve, 100));
    throw new Error('cable pulled');
  };
  await assert.rejects(store.call({ method: 'PUT', path: at, headers, body: Readable.from(half()) }));
  for (let i = 0; i < 50 && (await unfinished()).length > 0; i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(await unfinished(), []);
  assert.equal(await meta(at), undefined);
  assert.equal(store.context.files.usedBytes, used);
  assert.equal((await store.call({ method: 'PUT', path: at, headers, body: content })).status, 201);
});

test('the quota refuses what does not fit, and gives the room back', async () => {
  const small = await TestStore.start({ gate, networkId, quotaBytes: 1_000_000 });
  try {
    const put = async (output: string, body: Buffer): Promise<number> =>
      (await small.call({ method: 'PUT', path: `/v1/results/${flowId}/align/${output}`, headers: await small.capability(networkId, { output }), body })).status;
    assert.equal(await put('a', content), 201);
    assert.equal(await put('b', content), 507);
    assert.ok(small.context.files.usedBytes < 800_000, String(small.context.files.usedBytes));
    assert.equal((await small.call({ method: 'DELETE', path: `/v1/results/${flowId}/align/a`, identity: small.operator })).status, 204);
    assert.equal(small.context.files.usedBytes, 0);
    assert.equal(await put('b', content), 201);
  } finally {
    await small.close();
  }
});

test('a disk that fills up answers 507 and keeps what was there', { skip: process.getuid?.() !== 0 && 'needs root to mount a small file system' }, async () => {
  const mount = await mkdtemp(join(tmpdir(), 'full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount]);
  try {
    const root = join(mount, 'root');
    await mkdir(root);
    const small = await TestStore.start({ gate, networkId, root });
    try {
      const put = async (output: string, body: Buffer): Promise<{ status: number; code: string | undefined }> =>
        small.call({ method: 'PUT', path: `/v1/results/${flowId}/align/${output}`, headers: await small.capability(networkId, { output }), body });
      assert.equal((await put('a', content)).status, 201);
      const full = await put('b', Buffer.alloc(3_000_000, 1));
      assert.equal(full.status, 507);
      assert.equal(full.code, 'STORE_FULL');
      assert.deepEqual(await readdir(join(root, 'unfinished')), []);
      assert.equal(await small.context.files.metadata({ flowId, step: 'align', output: 'b' }), undefined);
      assert.equal((await small.context.files.metadata({ flowId, step: 'align', output: 'a' }))?.bytes, content.length);
      assert.equal((await put('c', content)).status, 201);
    } finally {
      await small.close();
    }
  } finally {
    execFileSync('umount', [mount]);
    await rm(mount, { recursive: true });
  }
});

test('lists page through in order', async () => {
  for (const step of ['a', 'a-b', 'a.b']) {
    for (const output of ['x', 'x-y']) {
      const headers = await store.capability(networkId, { flowId: '1'.repeat(64), step, output });
      const answer = await store.call({ method: 'PUT', path: `/v1/results/${'1'.repeat(64)}/${step}/${output}`, headers, body: Buffer.from(`${step} ${output}`) });
      assert.equal(answer.status, 201);
    }
  }
  const seen: string[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const answer = await store.call({ path: `/v1/results?flow=${'1'.repeat(64)}&limit=2${after && `&after=${encodeURIComponent(after)}`}`, identity: store.operator });
    const page = JSON.parse(answer.body.toString()) as { items: ResultMetadata[]; next?: string };
    assert.ok(page.items.length <= 2);
    seen.push(...page.items.map((item) => `${item.step}/${item.output}`));
    after = page.next;
  }
  assert.deepEqual(seen, ['a/x', 'a/x-y', 'a-b/x', 'a-b/x-y', 'a.b/x', 'a.b/x-y']);
  assert.equal((await store.call({ path: '/v1/results?flow=..', identity: store.operator })).code, 'INVALID_ARGUMENT');
});
