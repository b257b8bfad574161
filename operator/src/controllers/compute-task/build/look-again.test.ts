import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookAgainAfter } from './look-again.ts';
import type { ComputePod } from './pod-fault.ts';

test('a young pod is asked often, an old one seldom, never faster or slower than the bounds', () => {
  const pod = { metadata: { name: 'ct-1', creationTimestamp: new Date(1_000_000).toISOString() } } as ComputePod;
  const after = (age: number): number => lookAgainAfter(pod, 1_000_000 + age, 2_000);
  assert.deepEqual([-5_000, 0, 5_000, 20_000, 3_600_000].map(after), [250, 250, 250, 1_000, 2_000]);
  assert.equal(lookAgainAfter(undefined, 1_000_000, 2_000), 2_000);
});
