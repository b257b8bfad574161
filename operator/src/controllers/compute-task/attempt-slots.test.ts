import assert from 'node:assert/strict';
import { test } from 'node:test';
import { institutionWindow, leastWindow, pairWindow } from '@collabnet/wire';
import { OCTETS_PATTERN, octetsOf } from '../../institution/octets.ts';
import { AttemptSlots } from './attempt-slots.ts';
import type { ComputePod } from './build/pod-fault.ts';
import { windowOfPair } from './build/window.ts';

const pod = (name: string, phase?: string): ComputePod => ({ metadata: { name }, ...(phase && { status: { phase } }) });

test('no more pods than there is room for, whether the cache shows them yet or not', () => {
  const pods = [pod('one', 'Running'), pod('two', 'Succeeded')];
  const slots = new AttemptSlots(3, { list: () => pods });
  assert.deepEqual(['three', 'four', 'five'].map((name) => slots.take(name, 0)), [true, true, false]);
  assert.equal(slots.take('three', 0), true, 'the same pod again, after a crash between Secret and pod');
  assert.equal(slots.full(0), true);
  pods.push(pod('three', 'Pending'), pod('four'));
  assert.equal(slots.take('five', 1), false);
  pods[0] = pod('one', 'Failed');
  assert.equal(slots.take('five', 2), true);
  assert.equal(slots.full(2), true);
});

test('the ceiling of the chart is read in binary units', () => {
  assert.deepEqual(['1', '512', '20Ki', '3Mi', '16Gi', '2Ti'].map(octetsOf), [1, 512, 20_480, 3 * 1024 ** 2, 16 * 1024 ** 3, 2 * 1024 ** 4]);
  for (const text of ['', '0', '1.5Gi', '16G', '-1', '16 Gi', '1e9']) assert.doesNotMatch(text, OCTETS_PATTERN);
});

test('a pod that was never made gives its place back', () => {
  const slots = new AttemptSlots(1, { list: () => [] });
  assert.equal(slots.take('refused', 0), true);
  assert.equal(slots.take('next', 29_000), false);
  assert.equal(slots.take('next', 31_000), true);
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
