import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Federation } from '@collabnet/messaging/testing/federation';
import { eventually } from '@collabnet/messaging/testing/nats-process';
import { transcriptsMatch, verifyReceipt } from '@collabnet/wire';
import type { CourierStatus, SignedReceipt } from '@collabnet/wire';
import { TestParty } from './testing/test-party.ts';
import type { PartyOptions } from './testing/test-party.ts';
import type { Record } from './testing/test-doors.ts';

const columns = ['id', 'phone', 'note'];
const idOf = (n: number): string => `3301061990${String(n).padStart(8, '0')}`;
const rowsFrom = (from: number, count: number, note: (n: number) => string | null): Record[] =>
  Array.from({ length: count }, (_unused, index) => [idOf(from + index), `138${String(from + index).padStart(8, '0')}`, note(from + index)]);

const base: Omit<PartyOptions, 'name' | 'rows'> = { columns, keys: ['id', 'phone'], payload: ['note'], operator: 'Intersection', receivers: ['alpha'] };

function receiptOf(status: CourierStatus): SignedReceipt {
  assert.ok(status.receipt && status.signature);
  return { receipt: status.receipt, signature: status.signature };
}

/** Every line of an attempt names it, and no line has a key or a cell of anybody's rows. */
function assertLog({ log }: TestParty): void {
  for (const secret of [idOf(0).slice(0, 10), '1380', 'note 6', 'secret of beta']) assert.ok(!log.includes(secret), secret);
  const states = log.split('\n').flatMap((line) => (line.includes('"msg":"state"') ? [JSON.parse(line) as { flow: string; trace: string; step: string; attempt: number }] : []));
  assert.ok(states.length > 0);
  for (const { flow, trace, step, attempt } of states) assert.ok(flow.startsWith(trace) && trace.length === 32 && step !== '' && attempt === 1);
}

/** What the courier of one party says of its only peer. */
async function assertMetrics(party: TestParty, peer: TestParty): Promise<void> {
  const scrape = async (): Promise<string> => (await fetch(`http://127.0.0.1:${party.httpPort}/metrics`)).text();
  await scrape();
  const text = await scrape();
  for (const name of ['sent_bytes_total', 'received_bytes_total', 'sent_frames_total', 'received_frames_total']) {
    assert.match(text, new RegExp(`collabnet_courier_${name}\\{peer="${peer.did}"\\} [1-9]`), name);
  }
  assert.match(text, /collabnet_courier_handshakes_total\{outcome="Completed"\} 1/);
  assert.match(text, /collabnet_courier_handshake_seconds_count 1/);
  assert.match(text, /collabnet_courier_state\{state="Finished"\} 1/);
}

describe('two couriers and two engines', () => {
  let federation: Federation;
  const parties: TestParty[] = [];
  before(async () => {
    federation = await Federation.start();
  });
  // All have the subjects of one attempt: none may answer for the next.
  afterEach(async () => {
    const ended = parties.splice(0);
    await Promise.all(ended.map((party) => party.stop()));
    ended.forEach(assertLog);
  });
  after(async () => {
    await federation.stop();
  });

  /** Runs both to Reserved and starts them. */
  async function pair(a: Omit<PartyOptions, 'name'>, b: Omit<PartyOptions, 'name'>): Promise<[TestParty, TestParty]> {
    const alpha = await TestParty.prepare(federation, federation.a, { ...a, name: 'alpha' });
    const beta = await TestParty.prepare(federation, federation.b, { ...b, name: 'beta' });
    parties.push(alpha, beta);
    await Promise.all([alpha.mount(beta), beta.mount(alpha)]);
    for (const party of [alpha, beta]) {
      party.startCourier();
      party.startEngine();
    }
    await Promise.all([alpha.until('Reserved'), beta.until('Reserved')]);
    return [alpha, beta];
  }

  async function finish(alpha: TestParty, beta: TestParty): Promise<[CourierStatus, CourierStatus]> {
    for (const [party, peer] of [[alpha, beta], [beta, alpha]] as const) assert.ok((await party.start(peer)).ok);
    return Promise.all([alpha.until('Finished'), beta.until('Finished')]);
  }

  async function release(...all: TestParty[]): Promise<void> {
    for (const party of all) assert.ok((await party.ask({ op: 'release' })).ok);
    await eventually(() => all.every((party) => party.engine?.exitCode === 0), 10_000);
    for (const party of all) party.courier?.kill('SIGTERM');
    await eventually(() => all.every((party) => party.courier?.exitCode === 0), 15_000);
    for (const party of all) {
      assert.equal(existsSync(join(party.work, 'in')) || existsSync(join(party.work, 'out')), false, 'the data is gone');
      assert.equal(readdirSync(join(party.work, 'courier')).includes('rows.csv'), false);
    }
  }

  test('intersection of 1,000 rows: result, receipts, release', async () => {
    const awkward = (n: number): string | null => (n % 5 === 0 ? `a "quoted", note\nfor ${n}` : n % 5 === 1 ? '' : n % 5 === 2 ? null : `note ${n}`);
    const [alpha, beta] = await pair({ ...base, rows: rowsFrom(0, 1000, awkward) }, { ...base, rows: rowsFrom(600, 1000, () => 'secret of beta') });
    assert.equal(await alpha.ready(), 200);
    const [a, b] = await finish(alpha, beta);

    const quoted = (n: number): string => (n % 5 === 0 ? `"a ""quoted"", note\nfor ${n}"` : n % 5 === 1 ? '""' : n % 5 === 2 ? '' : `note ${n}`);
    const expected = Array.from({ length: 400 }, (_unused, i) => `${idOf(600 + i)},138${String(600 + i).padStart(8, '0')},${quoted(600 + i)}\n`);
    assert.equal(alpha.result, `id,phone,note\n${expected.join('')}`);
    assert.equal(beta.result, undefined);
    assert.equal(a.result?.rows, 400);
    assert.deepEqual(a.history?.map(({ state }) => state), ['Fetching', 'Reserved', 'Handshaking', 'Running', 'Delivering', 'Finished']);
    await assertMetrics(alpha, beta);

    const [atA, atB] = [receiptOf(a), receiptOf(b)];
    assert.ok(verifyReceipt(atA, alpha.attempt.publicKey) && verifyReceipt(atB, beta.attempt.publicKey));
    assert.equal(verifyReceipt(atA, beta.attempt.publicKey), false);
    assert.ok(transcriptsMatch(atA.receipt, atB.receipt));
    assert.ok((atA.receipt.transcripts[beta.did]?.sentBytes ?? 0) > 1000);
    assert.deepEqual(Object.keys(atA.receipt.rows), ['in/left', 'out/matched']);
    assert.equal(atB.receipt.outputCommitment, undefined);
    assert.deepEqual(a.reserved?.inputCommitments, atA.receipt.inputCommitments);
    assert.ok(a.exchanged && b.exchanged);
    assert.deepEqual(await alpha.terminationLog(), JSON.parse(JSON.stringify(atA)));
    assert.ok(JSON.stringify(atA).length < 4096);

    await release(alpha, beta);
    for (const party of [alpha, beta]) assert.doesNotMatch(party.log, /secret of beta|3301061990|note \d/, 'no plaintext in the log');
  });

  test('difference for the second party, with repeated keys, absent keys and awkward values', async () => {
    const special = ['a,b', 'q"uote', '张三', 'line\nbreak', ' lead', '100%'];
    const own: Record[] = [
      ...special.map((value): Record => [value, '1', `own ${value}`]),
      ...rowsFrom(0, 500, (n) => `note ${n}`),
      [idOf(499), '13800000499', 'the same key again'],
      [idOf(3), '13800000003', 'excluded again'],
      [null, '1', 'no id'],
    ];
    const other: Record[] = [...special.slice(0, 3).map((value): Record => [value, '1', 'x']), ...rowsFrom(0, 250, () => 'x'), ...rowsFrom(0, 10, () => 'twice'), [null, '1', 'x']];
    const shape = { ...base, operator: 'Difference' as const, receivers: ['beta'] };
    const [alpha, beta] = await pair({ ...shape, rows: other }, { ...shape, rows: own });
    const [a, b] = await finish(alpha, beta);
    const lines = beta.result?.split('\n') ?? [];
    assert.equal(alpha.result, undefined);
    assert.equal(b.result?.rows, 3 + 250 + 1 + 1);
    assert.equal(lines[0], 'id,phone,note');
    const text = beta.result ?? '';
    for (const kept of ['own  lead', 'own 100%', 'own line', 'the same key again', ',1,no id', 'note 250', 'note 499']) assert.ok(text.includes(kept), kept);
    for (const gone of ['own a,b', 'own q', '张三', 'excluded again', 'note 249\n']) assert.ok(!text.includes(gone), gone);
    assert.ok(transcriptsMatch(receiptOf(a).receipt, receiptOf(b).receipt));
    await release(alpha, beta);
  });

  test('a join lines rows up at both, whatever the order of their tables', async () => {
    const shape = { ...base, operator: 'Join' as const, receivers: ['alpha', 'beta'] };
    const mixed = (rows: Record[]): Record[] => rows.map((_row, n) => rows[(n * 7919) % rows.length]!);
    const [alpha, beta] = await pair({ ...shape, rows: mixed(rowsFrom(0, 1000, (n) => `of alpha, ${n}`)) }, { ...shape, rows: [...rowsFrom(600, 1000, (n) => `of beta, ${n}`), [null, null, 'no key']] });
    const [a, b] = await finish(alpha, beta);
    assert.deepEqual([a.result?.rows, b.result?.rows], [400, 400]);
    const keys = (text: string | undefined): string[] => (text ?? '').trim().split('\n').slice(1).map((line) => line.split(',').slice(0, 2).join(','));
    assert.deepEqual(keys(alpha.result), keys(beta.result));
    assert.deepEqual([...keys(alpha.result)].sort(), Array.from({ length: 400 }, (_unused, i) => `${idOf(600 + i)},138${String(600 + i).padStart(8, '0')}`).sort());
    assert.match(alpha.result ?? '', /"of alpha, 600"/);
    assert.doesNotMatch(beta.result ?? '', /of alpha/);
    await release(alpha, beta);
  });

  test('a result below the minimum is not delivered', async () => {
    const [alpha, beta] = await pair({ ...base, rows: rowsFrom(0, 100, () => null) }, { ...base, rows: rowsFrom(95, 100, () => null) });
    for (const [party, peer] of [[alpha, beta], [beta, alpha]] as const) await party.start(peer);
    const status = await alpha.until('Failed');
    assert.deepEqual([status.failure?.code, status.failure?.retryable, status.failure?.exchanged], ['RESULT_BELOW_MINIMUM', false, true]);
    assert.equal(alpha.result, undefined);
    assert.equal(status.receipt, undefined);
  });

  test('100,000 rows while a NATS server restarts and the store is busy', async () => {
    const [alpha, beta] = await pair({ ...base, rows: rowsFrom(0, 100_000, (n) => `note ${n}`) }, { ...base, rows: rowsFrom(50_000, 100_000, (n) => `note ${n}`) });
    alpha.doors.faults.busyDeliveries = 2;
    for (const [party, peer] of [[alpha, beta], [beta, alpha]] as const) await party.start(peer);
    // Not earlier: the library itself can hang when its first messages take seconds.
    await eventually(async () => ((await alpha.status()).progress?.sentBytes ?? 0) > 20_000, 20_000);
    await federation.a.process.stop();
    await delay(300);
    await federation.a.process.start();
    const [a, b] = await Promise.all([alpha.until('Finished', 90_000), beta.until('Finished', 90_000)]);
    assert.equal(a.result?.rows, 50_000);
    assert.ok(transcriptsMatch(receiptOf(a).receipt, receiptOf(b).receipt));
    const peak = Math.max(await alpha.peakMemory(), await beta.peakMemory());
    assert.ok(peak < 256 * 1024 * 1024, `courier peak ${peak}`);
    process.stdout.write(`# courier peak memory at 100,000 rows: ${Math.round(peak / 1e6)} MB\n`);
    await release(alpha, beta);
  });

  test('a byte ceiling ends both sides', async () => {
    const [alpha, beta] = await pair({ ...base, byteCeiling: 20_000, rows: rowsFrom(0, 5_000, () => null) }, { ...base, rows: rowsFrom(0, 5_000, () => null) });
    for (const [party, peer] of [[alpha, beta], [beta, alpha]] as const) await party.start(peer);
    const [a, b] = await Promise.all([alpha.until('Failed'), beta.until('Failed')]);
    assert.equal(a.failure?.code, 'WIRE_BYTE_CEILING');
    assert.match(a.failure?.message ?? '', /20000 bytes.*in this attempt; raise the Helm value compute\.byteCeiling/);
    assert.deepEqual([b.failure?.code, b.failure?.retryable], ['PEER_FAILED', false]);
  });
});
