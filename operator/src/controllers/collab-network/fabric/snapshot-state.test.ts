import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMetrics, PREFIX, SNAPSHOT_METRICS } from '@collabnet/telemetry';
import { snapshotCount, type SnapshotCount } from './snapshot-metrics.ts';
import { snapshotState } from './snapshot-state.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-06-01T12:00:00Z');
const taken = (hoursAgo: number, block = 10, damaged = 0): SnapshotCount => ({ complete: 1, damaged, last: { block, time: NOW - hoursAgo * HOUR, bytes: 100 } });
const state = (count: SnapshotCount | undefined, newestBlock = 20): ReturnType<typeof snapshotState> => snapshotState({ count, newestBlock, intervalMs: 24 * HOUR, now: NOW });

describe('snapshots of a ledger', () => {
  it('are due when the interval is over and there are new blocks', () => {
    assert.deepEqual([state(taken(1)).due, state(taken(24)).due, state(taken(24), 10).due, state({ complete: 0, damaged: 0 }).due], [false, true, false, true]);
  });

  it('are late when two intervals are over, unless nothing has happened since', () => {
    assert.deepEqual([state(taken(47)).reason, state(taken(49)).reason, state(taken(490), 10).reason], ['SnapshotTaken', 'SnapshotLate', 'SnapshotTaken']);
    assert.equal(state(taken(49)).fresh, false);
    assert.match(state(taken(49)).message, /holds block 10, taken at 2026-05-30T11:00:00.000Z; the ledger is at block 20/);
  });

  it('are not in order while there is none, one is damaged, or nobody says', () => {
    assert.deepEqual([state({ complete: 0, damaged: 0 }), state(taken(1, 10, 2)), state(undefined)].map(({ fresh, reason }) => [fresh, reason]), [
      [false, 'NoSnapshot'],
      [false, 'SnapshotDamaged'],
      [false, 'KeeperUnreachable'],
    ]);
    assert.equal(state(undefined).due, false);
  });

  it('are read from the metrics of their keeper', async () => {
    const metrics = createMetrics(PREFIX.snapshots);
    const values = { complete: 2, damaged: 1, lastBlock: 41, lastTime: NOW / 1000, lastBytes: 1234 };
    for (const [name, value] of Object.entries(values)) metrics.gauge(SNAPSHOT_METRICS[name as keyof typeof values], (gauge) => gauge.set(value));
    assert.deepEqual(snapshotCount(await metrics.registry.metrics()), { complete: 2, damaged: 1, last: { block: 41, time: NOW, bytes: 1234 } });
    assert.equal(snapshotCount('other 1'), undefined);
  });
});
