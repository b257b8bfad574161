import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitWatch } from './commit-watch.ts';
import { Lanes } from './lanes.ts';

test('who reads what another writes waits for it, and nobody else does', async () => {
  const lanes = new Lanes();
  const leave = lanes.enter(['asset/1', 'tx/1']);
  assert.equal(lanes.blocker(['asset/2', 'tx/2']), undefined);
  const blocker = lanes.blocker(['asset/2', 'asset/1']);
  assert.ok(blocker);
  const other = lanes.enter(['asset/2']);
  leave();
  await blocker;
  assert.equal(lanes.blocker(['asset/1']), undefined);
  assert.ok(lanes.blocker(['asset/2']));
  other();
});

test('what became of a transaction is told once, or that it is not known', async () => {
  const commits = new CommitWatch();
  const never = new AbortController().signal;
  const one = commits.wait('one', 10_000, never);
  const two = commits.wait('two', 10_000, never);
  commits.seen('one', 'MVCC_READ_CONFLICT');
  commits.seen('other', 'VALID');
  assert.equal(await one, 'MVCC_READ_CONFLICT');
  commits.abandon();
  assert.equal(await two, undefined);
  assert.equal(await commits.wait('three', 1, never), undefined);
  const abort = new AbortController();
  const four = commits.wait('four', 10_000, abort.signal);
  abort.abort();
  assert.equal(await four, undefined);
});
