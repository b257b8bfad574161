import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportDelay } from './report-delay.ts';

const NOW = Date.parse('2026-01-01T00:00:30Z');
const pod = (metadata: object = {}): Parameters<typeof reportDelay>[2] => ({ metadata: { name: 'p', ...metadata } });

test('a cause that is known here is reported at once', () => {
  assert.equal(reportDelay('ENGINE_FAILED', NOW, pod(), NOW), 0);
  assert.equal(reportDelay('ABORTED', NOW, pod(), NOW), 0, 'nobody is deleting the pod');
});

test('the peer that failed may speak first, for five seconds', () => {
  assert.equal(reportDelay('PEER_FAILED', NOW - 1_000, pod(), NOW), 4_000);
  assert.equal(reportDelay('PEER_FAILED', NOW - 6_000, pod(), NOW), 0);
  assert.equal(reportDelay('PEER_FAILED', 0, pod(), NOW), 0, 'last words have no time');
  assert.equal(reportDelay('PEER_FAILED', NOW + 60_000, pod(), NOW), 5_000, 'never longer, whatever the clocks say');
});

test('of a pod that is being deleted the one who removes the institution may speak first', () => {
  const deleted = pod({ deletionTimestamp: '2026-01-01T00:00:38Z', deletionGracePeriodSeconds: 10 });
  assert.equal(reportDelay('ABORTED', 0, deleted, NOW), 3_000);
  assert.equal(reportDelay('ABORTED', 0, deleted, NOW + 3_000), 0);
});
