import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MemoryWorldState, OverlayState, type StateWrite } from './index.ts';

describe('world state', () => {
  test('an overlay shows its own writes and leaves nothing behind when discarded', () => {
    const base = new MemoryWorldState();
    base.apply(1, [
      { key: 'a/1', value: { n: 1 } },
      { key: 'a/2', value: { n: 2 } },
    ]);
    const overlay = new OverlayState(base);
    overlay.put('a/3', { n: 3 });
    overlay.delete('a/1');
    assert.deepEqual(
      overlay.range('a/', { limit: 10 }).map((entry) => entry.key),
      ['a/2', 'a/3'],
    );
    assert.equal(base.get('a/3'), undefined);
    overlay.discard();
    assert.deepEqual(overlay.range('a/', { limit: 10 }), base.range('a/', { limit: 10 }));
  });

  test('values are copies, in both directions', () => {
    const overlay = new OverlayState(new MemoryWorldState());
    const value = { list: [1] };
    overlay.put('k', value);
    value.list.push(2);
    (overlay.get('k') as typeof value).list.push(3);
    assert.deepEqual(overlay.get('k'), { list: [1] });
  });

  test('an overlay over an overlay commits into it', () => {
    const base = new MemoryWorldState();
    base.apply(1, [{ key: 'x', value: 1 }]);
    const block = new OverlayState(base);
    const tx = new OverlayState(block);
    tx.delete('x');
    tx.put('y', 2);
    tx.commitTo(block);
    assert.deepEqual(block.writes(), [
      { key: 'x', value: null },
      { key: 'y', value: 2 },
    ]);
    assert.deepEqual(tx.writes(), []);
  });

  test('history keeps every committed value and the deletion', () => {
    const base = new MemoryWorldState();
    base.apply(1, [{ key: 'k', value: 1 }]);
    base.apply(4, [{ key: 'k', value: 2 }]);
    base.apply(9, [{ key: 'k', value: null }]);
    assert.deepEqual(base.history('k'), [{ height: 1, value: 1 }, { height: 4, value: 2 }, { height: 9 }]);
    assert.deepEqual(base.history('none'), []);
  });

  test('keys that other stores would order otherwise are refused', () => {
    const overlay = new OverlayState(new MemoryWorldState());
    for (const key of ['', 'with space', 'ключ', 'x'.repeat(513)]) assert.throws(() => overlay.put(key, 1), RangeError);
  });

  test('ranges through an overlay are those of the merged state, whatever was written', () => {
    const key = fc.stringMatching(/^[ab]\/[a-c0-2]{1,2}$/);
    const write = fc.record({ key, value: fc.option(fc.integer(), { nil: null }) });
    const once = (writes: StateWrite[]): StateWrite[] => [...new Map(writes.map((each) => [each.key, each])).values()];
    fc.assert(
      fc.property(
        fc.array(write),
        fc.array(write),
        fc.option(key, { nil: undefined }),
        fc.integer({ min: 1, max: 5 }),
        (below, above, after, limit) => {
          const base = new MemoryWorldState();
          base.apply(1, once(below));
          const overlay = new OverlayState(base);
          const model = new Map<string, unknown>();
          for (const { key: each, value } of [...below, ...above]) model.set(each, value);
          for (const { key: each, value } of above)
            if (value === null) overlay.delete(each);
            else overlay.put(each, value);
          const expected = [...model]
            .filter(([each, value]) => value !== null && each.startsWith('a/') && each > (after ?? ''))
            .sort(([left], [right]) => (left < right ? -1 : 1))
            .slice(0, limit);
          const options = after === undefined ? { limit } : { limit, after };
          assert.deepEqual(
            overlay.range('a/', options).map((entry) => [entry.key, entry.value]),
            expected,
          );
        },
      ),
    );
  });
});
