import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roomFor } from './room.ts';

test("the chart's limits are raised in proportion, and only where they are not enough", () => {
  assert.equal(roomFor(1_000_000), undefined);
  assert.deepEqual(roomFor(9_500_000), { engineMemory: '10Gi', courierMemory: '1216Mi', scratch: '5120Mi', proxyMemory: '896Mi' });
});
