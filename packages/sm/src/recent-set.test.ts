import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentSet } from './recent-set.ts';

test('a full set loses its oldest member for a new one', () => {
  const set = new RecentSet(2);
  for (const member of ['a', 'b', 'c']) set.add(member);
  assert.deepEqual(
    ['a', 'b', 'c'].map((member) => set.has(member)),
    [false, true, true],
  );
});
