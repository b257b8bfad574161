import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ReadLog } from './read-log.ts';
import type { ReadRecord } from './read-log.ts';

const day = 86_400_000;
let directory: string;
let now = Date.UTC(2030, 0, 1);
const open = (): ReadLog => new ReadLog({ directory, retentionDays: 10, now: () => now });
const record = (id: string): ReadRecord => ({ id, client: 'c', certificate: 'f', network: 'n', flow: 'f', step: 's', attempt: 1, asset: 'a', version: 1, columns: ['x'] });
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'log-'));
  now = Date.UTC(2030, 0, 1);
});
afterEach(() => rm(directory, { recursive: true }));

test('a use outlives the process that was killed in it, and the record says so', () => {
  const killed = open();
  killed.begin(record('one'), now + 60_000);
  // Not closed: the next process finds the file as a kill leaves it.
  const next = open();
  assert.throws(() => next.begin(record('one'), now + 60_000), { code: 'CAPABILITY_REUSED' });
  assert.equal(next.byCapability('one')?.outcome, 'Interrupted');
  assert.equal(next.list(0, 10).length, 1, 'a refused use opens no record');
  next.close();
  killed.close();
});

test('ids are kept past their expiry, records until their retention, then both go', async () => {
  const log = open();
  const sequence = log.begin(record('one'), now + 60_000);
  log.finish(sequence, { rows: 3, bytes: 9, outcome: 'Complete' });
  now += 60_001;
  log.prune();
  assert.ok(log.isUsed('one'), 'the clock may be set back');
  now += 2 * day;
  log.refuse(record('two'), 'FLOW_STATE');
  log.prune();
  assert.equal(log.isUsed('one'), false);
  assert.deepEqual(log.list(0, 10).map((read) => [read.id, read.outcome]), [['one', 'Complete'], ['two', 'FLOW_STATE']]);
  assert.equal((await readdir(directory)).filter((name) => name.endsWith('.jsonl')).length, 2);
  now += 9 * day;
  log.prune();
  assert.deepEqual(log.list(0, 10).map((read) => read.id), ['two']);
  assert.deepEqual((await readdir(directory)).filter((name) => name.endsWith('.jsonl')), ['reads-2030-01-03.jsonl']);
  log.close();
});

test('a profile is remembered for its content, definition and salt only', () => {
  const log = open();
  const key = { asset: 'a', definition: 'd', stamp: '1', salt: 's' };
  log.rememberProfile(key, { fingerprint: 'f', rows: 5, columns: ['x'] });
  assert.deepEqual(log.knownProfile(key), { fingerprint: 'f', rows: 5, columns: ['x'] });
  for (const change of [{ asset: 'b' }, { definition: 'e' }, { stamp: '2' }, { salt: 't' }]) assert.equal(log.knownProfile({ ...key, ...change }), undefined);
  log.close();
});
