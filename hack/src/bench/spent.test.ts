import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meanSpent, middleSpent, spentBy } from './spent.ts';

const ENGINE = 'a'.repeat(64);
const OPERATOR = 'b'.repeat(64);
const GONE = 'c'.repeat(64);

test('processor time goes to the parts that are known, and the rest to everything else', () => {
  const spent = spentBy({
    first: new Map([[OPERATOR, 10], ['kubelet', 5], ['etcd', 1]]),
    last: new Map([[OPERATOR, 10.5], ['kubelet', 5.25], ['etcd', 1.25], [ENGINE, 2], [GONE, 1]]),
    names: new Map([[OPERATOR, 'operator'], [ENGINE, 'engine']]),
    busy: 4,
    stolen: 0.5,
    wall: 3,
  });
  assert.deepEqual(spent, { wall: 3, busy: 4, stolen: 0.5, parts: { operator: 0.5, Kubernetes: 0.5, engine: 2, 'everything else': 1 } });
});

test('a part that one of two measured times did not have counts as nothing there', () => {
  const mean = meanSpent([{ wall: 1, busy: 2, stolen: 0, parts: { engine: 2 } }, { wall: 3, busy: 4, stolen: 1, parts: { courier: 1 } }]);
  assert.deepEqual(mean, { wall: 2, busy: 3, stolen: 0.5, parts: { engine: 1, courier: 0.5 } });
});

test('the run in the middle is not moved by one that lost an attempt', () => {
  const run = (wall: number): Parameters<typeof middleSpent>[0][number] => ({ wall, busy: wall, stolen: 0, parts: {} });
  assert.equal(middleSpent([run(90), run(10), run(12)]).wall, 12);
  assert.equal(middleSpent([run(2), run(1)]).wall, 1);
});
