import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskPriority } from '@collabnet/crds';
import { institutionWindow, leastWindow, pairWindow } from '@collabnet/wire';
import type { InformerHandler } from '../../runtime/index.ts';
import { OCTETS_PATTERN, octetsOf } from '../../institution/octets.ts';
import { AttemptSlots, type Claim } from './attempt-slots.ts';
import { ANNOTATION_PROPOSER } from './build/names.ts';
import type { ComputePod } from './build/pod-fault.ts';
import { windowOfPair } from './build/window.ts';

const pod = (name: string, phase?: string, proposer = 'a'): ComputePod => ({ metadata: { name, annotations: { [ANNOTATION_PROPOSER]: proposer } }, ...(phase && { status: { phase } }) });
const cacheOf = (pods: ComputePod[]): { list: () => ComputePod[]; on: () => () => void } => ({ list: () => pods, on: () => () => undefined });
const claim = (name: string, priority: TaskPriority = 'Normal', proposer = 'a', quota?: number): Claim => ({ name, priority, proposer, quota });

test('no more pods than there is room for, whether the cache shows them yet or not', () => {
  const pods = [pod('one', 'Running'), pod('two', 'Succeeded')];
  const slots = new AttemptSlots(3, cacheOf(pods));
  assert.deepEqual(['three', 'four', 'five'].map((name) => slots.take(claim(name), 0)), ['Granted', 'Granted', 'Queued']);
  assert.equal(slots.take(claim('three'), 0), 'Granted', 'the same pod again, after a crash between Secret and pod');
  assert.equal(slots.hasRoom(claim('flow'), 0), 'Queued');
  pods.push(pod('three', 'Pending'), pod('four'));
  assert.equal(slots.take(claim('five'), 1), 'Queued');
  pods[0] = pod('one', 'Failed');
  assert.equal(slots.take(claim('five'), 2), 'Granted');
  assert.equal(slots.hasRoom(claim('flow'), 2), 'Queued');
});

test('who finds no room waits behind those of higher priority, and those of the same that came before', () => {
  const pods = [pod('one', 'Running')];
  const slots = new AttemptSlots(1, cacheOf(pods));
  assert.deepEqual([slots.take(claim('low', 'Low'), 0), slots.take(claim('first'), 1), slots.take(claim('second'), 2), slots.take(claim('urgent', 'High'), 3)], ['Queued', 'Queued', 'Queued', 'Queued']);
  pods[0] = pod('one', 'Succeeded');
  assert.deepEqual([slots.take(claim('low', 'Low'), 10), slots.take(claim('second'), 11), slots.take(claim('first'), 12)], ['Queued', 'Queued', 'Queued'], 'the place is kept for the urgent one');
  assert.equal(slots.hasRoom(claim('flow'), 13), 'Queued', 'a flow that asks to be opened came later');
  assert.equal(slots.take(claim('urgent', 'High'), 14), 'Granted');
  pods.push(pod('urgent', 'Succeeded'));
  assert.deepEqual([slots.take(claim('second'), 20), slots.take(claim('first'), 21)], ['Queued', 'Granted']);
  pods.push(pod('first', 'Succeeded'));
  assert.equal(slots.take(claim('low', 'Low'), 16_000), 'Granted', 'nobody else has asked for a while');
});

test('who is beyond the quota of its proposer waits, and nobody of another proposer waits for it', () => {
  const pods = [pod('one', 'Running', 'b')];
  const slots = new AttemptSlots(3, cacheOf(pods));
  const ofB = (name: string, priority: TaskPriority = 'High'): Claim => claim(name, priority, 'b', 1);
  assert.deepEqual([slots.take(ofB('two'), 0), slots.hasRoom(ofB('flow'), 1, new Set(['flow-of-one']))], ['QuotaExceeded', 'QuotaExceeded']);
  assert.equal(slots.usedBy('b', 1), 1);
  assert.deepEqual([slots.take(claim('low', 'Low'), 2), slots.take(claim('other', 'Low', 'c', 5), 3)], ['Granted', 'Granted'], 'of lower priority, and the last place');
  pods[0] = pod('one', 'Succeeded', 'b');
  assert.deepEqual([slots.take(ofB('three'), 5), slots.take(ofB('two'), 6)], ['QuotaExceeded', 'Granted'], 'those of one proposer go by time');
});

test('of many that wait for one quota no more hold back others than it lets through', () => {
  const pods = [pod('one', 'Running', 'x'), pod('two', 'Running', 'x')];
  const slots = new AttemptSlots(2, cacheOf(pods));
  for (let number = 0; number < 20; number += 1) slots.take(claim(`b${number}`, 'High', 'b', 1), number);
  assert.equal(slots.take(claim('c', 'Low', 'c', 1), 30), 'Queued');
  pods.pop();
  assert.equal(slots.take(claim('c', 'Low', 'c', 1), 31), 'Queued', 'one of the others goes first');
  pods.pop();
  assert.equal(slots.take(claim('c', 'Low', 'c', 1), 32), 'Granted');
  assert.equal(slots.take(claim('b0', 'High', 'b', 1), 33), 'Granted');
});

test('a flow that opens has a place of its quota until it is done, whether it has opened already or not', () => {
  const slots = new AttemptSlots(5, cacheOf([]));
  const ask = (flow: string, now: number, ...occupying: string[]): string => slots.hasRoom(claim(flow, 'Normal', 'b', 2), now, new Set(occupying));
  assert.deepEqual([ask('f1', 0), ask('f2', 1), ask('f3', 2)], ['Granted', 'Granted', 'QuotaExceeded']);
  assert.equal(ask('f1', 3), 'Granted', 'again, when the confirmation came to nothing');
  assert.deepEqual([ask('f3', 4, 'f1', 'f2'), ask('f3', 5, 'f2')], ['QuotaExceeded', 'Granted'], 'the first is done');
  slots.leave('f4');
  assert.equal(slots.hasRoom(claim('f5', 'Normal', 'b', 0), 6), 'QuotaExceeded');
});

test('the ceiling of the chart is read in binary units', () => {
  assert.deepEqual(['1', '512', '20Ki', '3Mi', '16Gi', '2Ti'].map(octetsOf), [1, 512, 20_480, 3 * 1024 ** 2, 16 * 1024 ** 3, 2 * 1024 ** 4]);
  for (const text of ['', '0', '1.5Gi', '16G', '-1', '16 Gi', '1e9']) assert.doesNotMatch(text, OCTETS_PATTERN);
});

test('a pod that was never made gives its place back', () => {
  const slots = new AttemptSlots(1, cacheOf([]));
  assert.equal(slots.take(claim('refused'), 0), 'Granted');
  assert.equal(slots.take(claim('next'), 29_000), 'Queued');
  assert.equal(slots.take(claim('next'), 31_000), 'Granted');
});

test('a pod that came and went while nobody asked gives its place back at once', () => {
  let handler: InformerHandler<ComputePod> = {};
  const slots = new AttemptSlots(1, { list: () => [], on: (given) => ((handler = given), () => undefined) });
  assert.equal(slots.take(claim('short'), 0), 'Granted');
  handler.delete?.(pod('short'));
  assert.equal(slots.take(claim('next'), 1), 'Granted');
});

test('the windows of all attempts with all their peers stay within that of the institution', () => {
  for (const maximum of [1, 2, 15, 16, 17, 20, 64, 128]) {
    for (let peers = 1; peers <= 15; peers += 1) {
      const window = windowOfPair(maximum, peers);
      assert.ok(window >= leastWindow && window <= pairWindow, `${window} at ${maximum} x ${peers}`);
      assert.ok(window * maximum * peers <= institutionWindow, `${maximum} x ${peers}`);
    }
  }
  assert.equal(windowOfPair(16, 1), pairWindow);
});
