import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile } from './figures.ts';

test('percentiles are values that were measured, by nearest rank', () => {
  const twenty = Array.from({ length: 20 }, (_, index) => 20 - index);
  assert.equal(percentile(twenty, 50), 10);
  assert.equal(percentile(twenty, 95), 19);
  assert.equal(percentile(twenty, 100), 20);
  assert.equal(percentile([3], 95), 3);
});

test('the median does not depend on order and averages an even middle', () => {
  assert.equal(median([9, 1, 4]), 4);
  assert.equal(median([4, 1, 10, 2]), 3);
  assert.throws(() => median([]), RangeError);
});
