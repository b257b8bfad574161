import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextTurn } from './settle-grants.ts';

const at = (ms: number): string => new Date(ms).toISOString();

test('an asset is looked at again when one of its grants begins or ends by its own terms', () => {
  const now = 1_000_000;
  assert.equal(nextTurn([], now), undefined);
  assert.equal(nextTurn([{ form: { type: 'Count', count: 1 } }], now), undefined);
  assert.equal(nextTurn([{ form: { type: 'Period', notBefore: at(now - 20_000), notAfter: at(now - 10_000) } }], now), undefined);
  const grants = [
    { form: { type: 'Period' as const, notBefore: at(now - 5_000), notAfter: at(now + 60_000) } },
    { form: { type: 'Count' as const, count: 2, notBefore: at(now + 8_000), notAfter: at(now + 90_000) } },
  ];
  assert.deepEqual(nextTurn(grants, now), { requeueAfterMs: 9_000 });
});
