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

test('those that have to endorse are among them, and count for the majority', () => {
  assert.deepEqual(someMajority(['own', 'b', 'c'], ['own', 'c']), ['own', 'c']);
  for (let n = 0; n < 50; n++) {
    const five = someMajority(['own', 'b', 'c', 'd', 'e'], ['d']) ?? [];
    assert.deepEqual([five.length, five[0], five[1], new Set(five).size], [3, 'own', 'd', 3]);
  }
  assert.deepEqual(someMajority(['own', 'b', 'c'], ['b', 'c']), ['own', 'b', 'c']);
});
