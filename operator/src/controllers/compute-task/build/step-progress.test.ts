import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepProgress } from './step-progress.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const told = (percent: number, phase = 'compute') => ({ phase, percent, sentBytes: percent * 1000, receivedBytes: percent * 2000 });

test('progress is noted when it has moved, and estimates the end of its phase once there is something to go by', () => {
  const begun = stepProgress(undefined, told(0), NOW);
  assert.deepEqual(begun, { phase: 'compute', percent: 0, sentBytes: 0, receivedBytes: 0, phaseSince: '2026-11-23T10:00:00.000Z', notedAt: '2026-11-23T10:00:00.000Z' });
  assert.equal(stepProgress(begun, told(4.9), NOW + 1000), begun, 'too little to write it down');
  const quarter = stepProgress(begun, told(25.4), NOW + 30_000);
  assert.deepEqual([quarter.percent, quarter.phaseSince, quarter.estimatedEnd], [25, begun.phaseSince, new Date(NOW + 30_000 + 90_000).toISOString()]);
  assert.equal(stepProgress(quarter, told(26), NOW + 40_000), quarter);
  assert.equal(stepProgress(quarter, told(26), NOW + 46_000).percent, 26, 'after a while all the same');
  const written = stepProgress(quarter, { ...told(100, 'write'), rows: 600 }, NOW + 31_000);
  assert.deepEqual([written.phase, written.rows, written.phaseSince, written.estimatedEnd], ['write', 600, new Date(NOW + 31_000).toISOString(), undefined]);
});
