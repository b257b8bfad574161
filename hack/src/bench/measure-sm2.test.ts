import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sm2Section } from './document-sm2.ts';
import { measureSm2 } from './measure-sm2.ts';

test('both implementations give right answers, and every operation has its figures', () => {
  const figures = measureSm2(3);
  assert.deepEqual(figures.map(({ operation }) => operation), ['sign', 'verify, key in use', 'verify, new key', 'key agreement', 'encrypt 32 octets', 'decrypt 32 octets']);
  for (const { operation, ours, baseline } of figures) assert.ok(ours > 0 && baseline > 0, operation);
});

test('the ratio tells how many times as quick ours is', () => {
  assert.match(sm2Section([{ operation: 'sign', ours: 200, baseline: 500 }]), /\| sign \| 200 \| 500 \| 2\.50 \|/);
});
