import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilTurn } from './turn.ts';

test('parties take turns in the agreed order, and nobody waits for ever', () => {
  const parties = ['a', 'b', 'c'];
  const waits = (now: number): number[] => parties.map((self) => untilTurn(parties, self, 10_000, now));
  assert.deepEqual(waits(10_000), [0, 3_000, 6_000]);
  assert.deepEqual(waits(14_000), [0, 0, 2_000]);
  assert.deepEqual(waits(16_000), [0, 0, 0]);
});
