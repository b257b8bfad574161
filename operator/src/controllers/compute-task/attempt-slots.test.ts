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
  assert.deepEqual(['three', 'four', 'five'].map((name) => slots.take(name, 0, 'Normal')), [true, true, false]);
  assert.equal(slots.take('three', 0, 'Normal'), true, 'the same pod again, after a crash between Secret and pod');
  assert.equal(slots.hasRoom('flow', 0, 'Normal'), false);
  pods.push(pod('three', 'Pending'), pod('four'));
  assert.equal(slots.take('five', 1, 'Normal'), false);
  pods[0] = pod('one', 'Failed');
  assert.equal(slots.take('five', 2, 'Normal'), true);
  assert.equal(slots.hasRoom('flow', 2, 'Normal'), false);
});

test('who finds no room waits behind those of higher priority, and those of the same that came before', () => {
  const pods = [pod('one', 'Running')];
  const slots = new AttemptSlots(1, { list: () => pods });
  assert.deepEqual([slots.take('low', 0, 'Low'), slots.take('first', 1, 'Normal'), slots.take('second', 2, 'Normal'), slots.take('urgent', 3, 'High')], [false, false, false, false]);
  pods[0] = pod('one', 'Succeeded');
  assert.deepEqual([slots.take('low', 10, 'Low'), slots.take('second', 11, 'Normal'), slots.take('first', 12, 'Normal')], [false, false, false], 'the place is kept for the urgent one');
  assert.equal(slots.hasRoom('flow', 13, 'Normal'), false, 'a flow that asks to be opened came later');
  assert.equal(slots.take('urgent', 14, 'High'), true);
  pods.push(pod('urgent', 'Succeeded'));
  assert.deepEqual([slots.take('second', 20, 'Normal'), slots.take('first', 21, 'Normal')], [false, true]);
  pods.push(pod('first', 'Succeeded'));
  assert.equal(slots.take('low', 16_000, 'Low'), true, 'nobody else has asked for a while');
});

test('the ceiling of the chart is read in binary units', () => {
  assert.deepEqual(['1', '512', '20Ki', '3Mi', '16Gi', '2Ti'].map(octetsOf), [1, 512, 20_480, 3 * 1024 ** 2, 16 * 1024 ** 3, 2 * 1024 ** 4]);
  for (const text of ['', '0', '1.5Gi', '16G', '-1', '16 Gi', '1e9']) assert.doesNotMatch(text, OCTETS_PATTERN);
});

test('a pod that was never made gives its place back', () => {
  const slots = new AttemptSlots(1, { list: () => [] });
  assert.equal(slots.take('refused', 0, 'Normal'), true);
  assert.equal(slots.take('next', 29_000, 'Normal'), false);
  assert.equal(slots.take('next', 31_000, 'Normal'), true);
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
