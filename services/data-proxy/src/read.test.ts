import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { createCa, issueClientCertificate, issueServerCertificate } from '@collabnet/capability/authority';
import type { ReadCapability } from '@collabnet/capability';
import type { FlowRecord, GrantContent } from '@collabnet/contracts';
import { toBase64Url } from '@collabnet/sm';
import { tableFromIPC } from 'apache-arrow';
import type { LoggedRead } from './read/read-log.ts';
import { TestProxy, asset, collect } from './testing-proxy.ts';

let proxy: TestProxy;
before(async () => void (proxy = await TestProxy.start()));
after(() => proxy.close());

const pending = (): Promise<FlowRecord> => proxy.bench.bring('Pending');
const rows = (body: Buffer): Record<string, unknown>[] => tableFromIPC(body).toArray().map((row: { toJSON(): Record<string, unknown> }) => row.toJSON());
const logged = (id: string): LoggedRead | undefined => proxy.log.byCapability(id);
async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 300; i += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`never: ${what}`);
}

describe('a read that is covered', () => {
  test('streams the columns as Arrow, is closed by trailers, and is recorded', async () => {
    const { fingerprint } = await proxy.publish();
    const flow = await pending();
    const capability = await proxy.capability(flow, { fingerprint, fingerprintSalt: toBase64Url(proxy.salt) });
    const answer = await proxy.read(capability);
    assert.equal(answer.status, 200, answer.problem?.detail);
    const table = rows(answer.body);
    assert.equal(table.length, 200);
    assert.deepEqual(table[7], { id: '7', score: '7.5' });
    assert.deepEqual({ ...answer.trailers }, { 'collabnet-outcome': 'complete', 'collabnet-rows': '200' });
    const record = logged(capability.id);
    assert.equal(record?.outcome, 'Complete');
    assert.equal(record?.client, 'courier-1');
    assert.deepEqual([record?.flow, record?.step, record?.attempt, record?.asset, record?.version, record?.columns, record?.rows, record?.bytes], [flow.flowId, 'match', 1, asset, capability.assetVersion, ['id', 'score'], 200, answer.body.length]);
    assert.ok((record?.endedAt ?? 0) >= (record?.startedAt ?? Infinity));
    const [file] = (await readdir(join(proxy.folder, 'state'))).filter((name) => name.endsWith('.jsonl'));
    const lines = (await readFile(join(proxy.folder, 'state', file ?? ''), 'utf8')).trim().split('\n');
    assert.deepEqual(JSON.parse(lines.at(-1) ?? ''), record);
  });

  test('also while the attempt runs; with fewer columns, in another order, from a later row', async () => {
    const flow = await proxy.bench.bring('Running');
    const answer = await proxy.read(await proxy.capability(flow), { body: { columns: ['score', 'id'], from: 195 } });
    const table = rows(answer.body);
    assert.deepEqual(table.map((row) => Object.keys(row).join()), Array<string>(5).fill('score,id'));
    assert.equal(table[0]?.['id'], '195');
  });
});

describe('a read that is not', () => {
  let flow: FlowRecord;
  before(async () => void (flow = await pending()));
  const refused = async (code: string, change: Partial<ReadCapability> = {}, options: Parameters<TestProxy['read']>[1] = {}): Promise<void> => {
    const capability = await proxy.capability(flow, change);
    const pulled = proxy.connector.batches;
    const answer = await proxy.read(capability, options);
    assert.equal(answer.problem?.code, code, answer.problem?.detail);
    assert.equal(proxy.connector.batches, pulled, 'not a row was read');
  };

  test('stays outside without a certificate of the institution', async () => {
    const other = await createCa({ commonName: 'CA of bank-b', days: 1 });
    const { ca } = proxy;
    const capability = await proxy.capability(flow);
    const strangers = [
      undefined,
      await issueClientCertificate({ ca: other, commonName: 'courier-1', ttl: 600 }),
      await issueServerCertificate({ ca, dnsNames: ['courier-1'], ttl: 600 }),
      await issueClientCertificate({ ca, commonName: 'courier-1', ttl: 60, now: Date.now() - 7_200_000 }),
    ];
    for (const identity of strangers) await assert.rejects(proxy.read(capability, { identity }));
    assert.equal(logged(capability.id), undefined);
  });

  test('is refused by capability: none, altered, expired, of another certificate, issuer, column or asset', async () => {
    const { ca, bench } = proxy;
    assert.equal((await proxy.read(undefined)).problem?.code, 'CAPABILITY_MISSING');
    const capability = await proxy.capability(flow);
    for (const change of [{ columns: ['id', 'born'] }, { expires: capability.expires + 1 }, { attempt: 2 }, { asset: 'bank-b/loans' }, { id: 'y'.repeat(22) }]) {
      assert.equal((await proxy.read({ ...capability, ...change })).problem?.code, 'CAPABILITY_SIGNATURE', JSON.stringify(change));
    }
    await refused('CAPABILITY_EXPIRED', { expires: proxy.ledger.now() - 1 });
    await refused('CAPABILITY_CERTIFICATE', {}, { identity: await issueClientCertificate({ ca, commonName: 'courier-1', ttl: 600 }) });
    await refused('CAPABILITY_ISSUER', { issuer: bench.a.did, keyId: bench.a.keyId });
    await refused('CAPABILITY_SCOPE', {}, { body: { columns: ['id', 'born'] } });
    await refused('CAPABILITY_SCOPE', {}, { body: { asset: 'bank-b/loans' } });
    await refused('CAPABILITY_SCOPE', {}, { body: { columns: ['id', 'id'] } });
    await refused('INVALID_ARGUMENT', {}, { body: { from: -1 } });
    await refused('ASSET_UNKNOWN', { asset: 'bank-b/loans' });
    await refused('ASSET_UNKNOWN', { networkId: 'ff'.repeat(32) });
    await refused('COLUMN_UNKNOWN', { columns: ['id', 'salary'] });
  });

  test('is refused by the ledger: columns, version, attempt, step or flow not agreed', async () => {
    await refused('GRANT_COLUMNS', { columns: ['id', 'born'] });
    await refused('GRANT_COLUMNS', { assetVersion: 77 });
    await refused('FLOW_STATE', { attempt: 2 });
    await refused('NOT_FOUND', { step: 'other' });
    await refused('NOT_FOUND', { flowId: '0'.repeat(64) });
    const record = proxy.log.list(0, 1000).at(-1);
    assert.equal(record?.outcome, 'NOT_FOUND', 'refusals are recorded too');
    for (const stage of ['AwaitingApproval', 'Approved', 'Cancelled', 'Failed', 'Succeeded'] as const) {
      const other = await proxy.bench.bring(stage);
      assert.equal((await proxy.read(await proxy.capability(other))).problem?.code, 'FLOW_STATE', stage);
    }
  });

  test('is refused when the grant was revoked or has expired before', async () => {
    for (const [code, lose] of [['FLOW_STATE', revoke], ['GRANT_EXPIRED', expire]] as const) {
      const { flow: granted, content } = await underGrant();
      await lose(content);
      assert.equal((await proxy.read(await proxy.capability(granted))).problem?.code, code);
    }
  });

  test('is refused while the ledger cannot be asked', async () => {
    proxy.ledger.cut = true;
    try {
      await new Promise((resolve) => setTimeout(resolve, 1100));
      const capability = await proxy.capability(flow);
      const answer = await proxy.read(capability);
      assert.equal(answer.status, 503);
      assert.equal(answer.problem?.code, 'LEDGER_UNAVAILABLE');
      proxy.ledger.cut = false;
      assert.equal((await proxy.read(capability)).status, 200, 'and the capability was not spent by it');
    } finally {
      proxy.ledger.cut = false;
    }
  });

  test('is refused a second time, also after a restart and at the same moment', async () => {
    const capability = await proxy.capability(flow);
    const both = await Promise.all([proxy.read(capability), proxy.read(capability)]);
    assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 409]);
    assert.equal((await proxy.read(capability)).problem?.code, 'CAPABILITY_REUSED');
    await proxy.stop();
    await proxy.run();
    assert.equal((await proxy.read(capability)).problem?.code, 'CAPABILITY_REUSED');
  });

  test('is refused below the smallest set: too few rows, or too few different identifiers', async () => {
    try {
      await proxy.writeRows(99);
      const few = await proxy.read(await proxy.capability(flow));
      assert.equal(few.problem?.code, 'SET_TOO_SMALL');
      assert.equal(few.body.includes('99'), false, 'the size is not told');
      await proxy.writeRows(100);
      assert.equal((await proxy.read(await proxy.capability(flow))).status, 200);
      await proxy.configure({}, { minimumSetSize: 101 });
      await proxy.config.reload();
      assert.equal((await proxy.read(await proxy.capability(flow))).problem?.code, 'SET_TOO_SMALL');
    } finally {
      await proxy.configure({});
      await proxy.config.reload();
      await proxy.writeRows(200);
    }
  });
});

describe('content that changed', () => {
  const frozenNow = async (): Promise<{ fingerprint: string; fingerprintSalt: string }> => ({ fingerprint: (await proxy.publish()).fingerprint, fingerprintSalt: toBase64Url(proxy.salt) });
  afterEach(() => proxy.writeRows(200));

  test('is refused before a row leaves, known or not, and is no disclosure', async () => {
    const frozen = await frozenNow();
    const flow = await pending();
    await proxy.writeRows(200, 0, 1);
    const capability = await proxy.capability(flow, frozen);
    assert.equal((await proxy.read(capability)).problem?.code, 'INPUT_CHANGED');
    assert.deepEqual([logged(capability.id)?.outcome, logged(capability.id)?.bytes], ['INPUT_CHANGED', 0]);
    const known = await proxy.read(await proxy.capability(flow, frozen));
    assert.deepEqual([known.status, known.problem?.code], [409, 'INPUT_CHANGED']);
    assert.equal((await proxy.read(await proxy.capability(flow, { ...frozen, fingerprint: 'cd'.repeat(32) }))).problem?.code, 'INPUT_CHANGED');
    await proxy.writeRows(200);
    assert.equal((await proxy.read(await proxy.capability(flow, frozen))).status, 200, 'what was published is still served');
  });

  test('while it streams ends the stream without its end', async () => {
    await proxy.writeRows(300_000, 120);
    const frozen = await frozenNow();
    const capability = await proxy.capability(await pending(), frozen);
    const response = await proxy.open(capability);
    await eventually(() => logged(capability.id)?.outcome === 'Open', 'the read opens');
    await proxy.alterByte(300_000 * 130);
    await assert.rejects(collect(response), 'the connection is cut');
    assert.equal(logged(capability.id)?.outcome, 'INPUT_CHANGED');
  });

  test('after an attempt that exchanged data is refused to the next one, and so is a newer version', async () => {
    const { bench } = proxy;
    const frozen = await frozenNow();
    const flow = await bench.bring('Touched');
    assert.equal((await proxy.read(await proxy.capability(flow, frozen))).status, 200);
    assert.equal((await bench.fail(flow)).state, 'Pending');
    await proxy.writeRows(200, 0, 1);
    const second = await proxy.read(await proxy.capability(flow, { ...frozen, attempt: 2 }));
    assert.equal(second.problem?.code, 'INPUT_CHANGED');
    assert.match(second.problem?.detail ?? '', /no longer the version that was registered/);
    const newer = await proxy.publish();
    const passedOff = { ...frozen, fingerprint: newer.fingerprint, attempt: 2 };
    assert.equal((await proxy.read(await proxy.capability(flow, passedOff))).problem?.code, 'INPUT_CHANGED', 'the flow names the version that the ledger has a fingerprint of');
    assert.equal((await proxy.read(await proxy.capability(flow, { ...passedOff, assetVersion: newer.version }))).problem?.code, 'GRANT_COLUMNS', 'the newer one is no input of this flow');
    await proxy.writeRows(200);
    assert.equal((await proxy.read(await proxy.capability(flow, { ...frozen, attempt: 2 }))).status, 200);
  });
});

describe('a stream', () => {
  // Wide enough that socket buffers hold only some of it.
  before(() => proxy.writeRows(300_000, 120));
  after(() => proxy.writeRows(200));
  const batches = Math.ceil(300_000 / 8192);

  test('of 300,000 rows waits for its reader, and arrives whole', async () => {
    const flow = await pending();
    const response = await proxy.open(await proxy.capability(flow));
    // The pass that counts persons is over by now.
    const from = proxy.connector.batches;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const pulled = proxy.connector.batches - from;
    assert.ok(pulled < batches - 5, `${pulled} of ${batches} batches were read ahead of a reader that takes none`);
    const answer = await collect(response);
    assert.equal(answer.trailers['collabnet-rows'], '300000');
    assert.equal(tableFromIPC(answer.body).numRows, 300_000);
  });

  const cutBy = async (flow: FlowRecord, lose: () => Promise<unknown>, outcome: string): Promise<void> => {
    const capability = await proxy.capability(flow);
    const response = await proxy.open(capability);
    await eventually(() => logged(capability.id)?.outcome === 'Open', 'the read opens');
    await lose();
    // Nothing was read until now: the cut does not depend on the reader.
    await eventually(() => logged(capability.id)?.outcome !== 'Open', 'the read ends');
    assert.equal(logged(capability.id)?.outcome, outcome);
    await assert.rejects(collect(response), 'the reader is told by the cut');
    const told = await proxy.call('GET', `/v1/reads/${capability.id}`);
    assert.equal((JSON.parse(told.body.toString()) as LoggedRead).outcome, outcome);
  };

  test('is cut within the second when the grant is revoked', async () => {
    const { flow, content } = await underGrant();
    await cutBy(flow, () => revoke(content), 'FLOW_STATE');
  });
  test('is cut when the grant expires', async () => {
    const { flow } = await underGrant(4000);
    await cutBy(flow, () => Promise.resolve(), 'GRANT_EXPIRED');
  });
  test('is cut when the flow is cancelled', async () => {
    const flow = await pending();
    await cutBy(flow, () => proxy.bench.net.send(proxy.bench.a, 'flows.cancel', { flowId: flow.flowId, reason: 'tested' }), 'FLOW_STATE');
  });
  test('is cut when the ledger cannot be asked any longer', async () => {
    const flow = await pending();
    try {
      await cutBy(flow, () => Promise.resolve((proxy.ledger.cut = true)), 'LEDGER_UNAVAILABLE');
    } finally {
      proxy.ledger.cut = false;
    }
  });

  test('that its reader leaves is closed and recorded', async () => {
    const capability = await proxy.capability(await pending());
    const response = await proxy.open(capability);
    await eventually(() => logged(capability.id)?.outcome === 'Open', 'the read opens');
    response.destroy();
    await eventually(() => logged(capability.id)?.outcome === 'CLIENT_ABORTED', 'the abort is recorded');
    assert.equal(logged(capability.id)?.rows !== 300_000, true);
    assert.match(await proxy.metrics.registry.metrics(), /test_open_reads 0/);
  });

  test('beyond those allowed at once is refused', async () => {
    await proxy.configure({ maxConcurrentReads: 1 });
    await proxy.config.reload();
    const flow = await pending();
    const response = await proxy.open(await proxy.capability(flow));
    assert.equal((await proxy.read(await proxy.capability(flow))).problem?.code, 'BUSY');
    response.destroy();
    await proxy.configure({});
    await proxy.config.reload();
  });
});

describe('the operator', () => {
  test('gets profiles, couriers do not', async () => {
    await assert.rejects(proxy.profile(proxy.salt, proxy.courier), { code: 'FORBIDDEN' });
    await assert.rejects(proxy.profile(new Uint8Array(4)), { code: 'INVALID_ARGUMENT' });
    const first = await proxy.profile();
    assert.deepEqual([first.rows, first.columnsFound, first.problems], [200, ['id', 'born', 'score'], []]);
    assert.deepEqual(await proxy.profile(), first);
    assert.notEqual((await proxy.profile(new Uint8Array(32))).fingerprint, first.fingerprint);
    assert.equal((await proxy.call('GET', '/v1/reads')).problem?.code, 'FORBIDDEN');
    const list = JSON.parse((await proxy.call('GET', '/v1/reads?limit=5', { identity: proxy.operator })).body.toString()) as { items: LoggedRead[] };
    assert.equal(list.items.length, 5);
  });

  test('is told by line what is wrong with a source, and gets no fingerprint of it', async () => {
    await proxy.configure({}, { columns: [{ name: 'id', type: 'String', role: 'Identifier' }, { name: 'born', type: 'Integer', role: 'Feature' }] });
    await proxy.config.reload();
    const profile = await proxy.profile();
    assert.equal(profile.fingerprint, undefined);
    assert.deepEqual([profile.problems[0]?.code, profile.problems[0]?.line, profile.problems[0]?.column], ['SOURCE_CELL_TYPE', 2, 'born']);
    await proxy.configure({});
    await proxy.config.reload();
  });

  test('changes assets while the proxy runs; a broken configuration changes nothing', async () => {
    await proxy.configure({}, { assetId: 'bank-b/renamed' });
    await assert.rejects(proxy.profile(), { code: 'ASSET_UNKNOWN' }, 'a profile is taken under the newest configuration');
    await proxy.configure({ assets: 'none' });
    await assert.rejects(proxy.config.reload(), { code: 'PROXY_CONFIG', field: 'assets' });
    await proxy.configure({ revision: 'r7' });
    const profile = await proxy.profile();
    assert.deepEqual([profile.rows, profile.revision], [200, 'r7']);
  });
});

/** A flow that is open under standing grants of both owners. */
async function underGrant(endsIn = 600_000): Promise<{ flow: FlowRecord; content: GrantContent }> {
  const { bench, ledger } = proxy;
  const { net, a, b } = bench;
  const purpose = `purpose ${Math.random()}`;
  const form = { type: 'Period' as const, notBefore: ledger.now() - 60_000, notAfter: ledger.now() + 600_000 };
  await net.grant(a, net.grantOf(a, a, { purpose, form }));
  const content = await net.grant(b, net.grantOf(b, a, { purpose, form: { ...form, notAfter: ledger.now() + endsIn } }));
  const flow = await bench.propose(bench.proposal((proposal) => void (proposal.purpose = purpose)));
  return { flow: await bench.open(flow), content };
}

function revoke(content: GrantContent): Promise<unknown> {
  return proxy.bench.net.revoke(proxy.bench.b, content);
}

function expire(_content: GrantContent): Promise<unknown> {
  proxy.ledger.advanceTime(601_000);
  return Promise.resolve();
}
