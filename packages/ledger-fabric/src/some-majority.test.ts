import assert from 'node:assert/strict';
import { test } from 'node:test';
import { someMajority } from './some-majority.ts';

test('the own organisation and just enough others, each at times', () => {
  assert.equal(someMajority(['own']), undefined);
  assert.deepEqual(someMajority(['own', 'b']), ['own', 'b']);
  const chosen = Array.from({ length: 200 }, () => someMajority(['own', 'b', 'c', 'd']) ?? []);
  assert.ok(chosen.every((each) => each.length === 3 && each[0] === 'own' && new Set(each).size === 3));
  assert.deepEqual([...new Set(chosen.flat())].sort(), ['b', 'c', 'd', 'own']);
});
