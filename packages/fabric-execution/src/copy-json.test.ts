import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyJson } from './copy-json.ts';

test('a copy is equal and shares nothing', () => {
  const inner = { deep: [null, true, 'text'] };
  const value = { list: [1, inner], empty: {}, none: [] };
  const copy = copyJson(value);
  assert.deepEqual(copy, value);
  inner.deep.push('changed');
  assert.deepEqual(copy, { list: [1, { deep: [null, true, 'text'] }], empty: {}, none: [] });
});
