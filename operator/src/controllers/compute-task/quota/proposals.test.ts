import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Proposals } from './proposals.ts';

const open = (...flows: string[]): Set<string> => new Set(flows);

test('no more own tasks are proposed than may be open, whether the ledger shows them yet or not', () => {
  const proposals = new Proposals();
  assert.deepEqual(['a', 'b', 'c'].map((flow) => proposals.mayPropose(flow, 'Normal', open(), 2, 0)), [true, true, false]);
  assert.equal(proposals.mayPropose('a', 'Normal', open(), 2, 1), true, 'the same one again, after a proposal whose outcome is not known');
  assert.equal(proposals.mayPropose('c', 'Normal', open('a', 'b'), 2, 2), false);
  assert.equal(proposals.mayPropose('c', 'Normal', open('b'), 2, 3), true);
  proposals.refused('c');
  assert.equal(proposals.mayPropose('d', 'Normal', open('b'), 2, 4), true);
  assert.equal(proposals.mayPropose('e', 'Normal', open(), 0, 5), false);
});

test('who waits to be proposed does so by priority', () => {
  const proposals = new Proposals();
  assert.deepEqual([proposals.mayPropose('first', 'Normal', open('x'), 1, 0), proposals.mayPropose('urgent', 'High', open('x'), 1, 1)], [false, false]);
  assert.deepEqual([proposals.mayPropose('first', 'Normal', open(), 1, 2), proposals.mayPropose('urgent', 'High', open(), 1, 3)], [false, true]);
});
