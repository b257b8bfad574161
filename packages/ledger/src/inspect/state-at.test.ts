import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SqliteState, type StoredBlock } from '../sqlite-state.ts';
import { StateAt } from './state-at.ts';

test('the state of the past has what was there then: not what came later, and still what was deleted since', () => {
  const state = new SqliteState<StoredBlock>(':memory:');
  const block = (height: number, changes: Record<string, number | undefined>): void => {
    state.beginBlock();
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) state.delete(key);
      else state.put(key, value);
    }
    state.commitBlock({ header: { height } });
  };
  block(0, { 'a/1': 10, 'a/2': 20, 'b/1': 1 });
  block(1, { 'a/1': 11, 'a/3': 30 });
  block(2, { 'a/2': undefined, 'a/4': 40 });
  const range = (height: number, options = {}): [string, unknown][] => new StateAt(state, height).range('a/', { limit: 10, ...options }).map(({ key, value }) => [key, value]);
  assert.deepEqual(range(0), [['a/1', 10], ['a/2', 20]]);
  assert.deepEqual(range(1), [['a/1', 11], ['a/2', 20], ['a/3', 30]]);
  assert.deepEqual(range(2), [['a/1', 11], ['a/3', 30], ['a/4', 40]]);
  assert.deepEqual(range(1, { after: 'a/1', limit: 1 }), [['a/2', 20]]);
  assert.deepEqual(range(2), state.range('a/', { limit: 10 }).map(({ key, value }) => [key, value]));
  const past = new StateAt(state, 1);
  assert.deepEqual([past.get('a/2'), past.get('a/4'), new StateAt(state, 2).get('a/2')], [20, undefined, undefined]);
  assert.deepEqual(past.history('a/1').map(({ value }) => value), [10, 11]);
  assert.throws(() => past.put('a/1'), TypeError);
  state.close();
});
