import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CollabNetwork } from '@collabnet/crds';
import { createMetrics } from '@collabnet/telemetry';
import { fabricMetrics } from './fabric-metrics.ts';

test('the end of the first certificate is shown for networks on Fabric, and for no others', async () => {
  const network = (name: string, status: object): CollabNetwork => ({ metadata: { name }, status }) as CollabNetwork;
  let list = [network('onFabric', { fabric: { certificatesExpire: '2027-01-01T00:00:00Z' } }), network('embedded', {}), { metadata: { name: 'new' } } as CollabNetwork];
  const metrics = createMetrics('t');
  fabricMetrics(metrics, { list: () => list });
  const shown = async (): Promise<string[]> => (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('t_fabric_certificate_expiry_timestamp_seconds{'));
  assert.deepEqual(await shown(), ['t_fabric_certificate_expiry_timestamp_seconds{network="onFabric"} 1798761600']);
  list = [];
  assert.deepEqual(await shown(), []);
});

test('peers that are alive are shown, and whether they are enough', async () => {
  const network = (name: string, status: object): CollabNetwork => ({ metadata: { name }, status }) as unknown as CollabNetwork;
  const metrics = createMetrics('t');
  const few = { fabric: { livePeers: 2 }, conditions: [{ type: 'PeersSufficient', status: 'False' }] };
  fabricMetrics(metrics, { list: () => [network('few', few), network('embedded', {})] });
  const shown = (await metrics.registry.metrics()).split('\n').filter((line) => /^t_fabric_(live_peers|peers_sufficient)\{/.test(line));
  assert.deepEqual(shown, ['t_fabric_live_peers{network="few"} 2', 't_fabric_peers_sufficient{network="few"} 0']);
});

test('whether backups are in order is shown for networks that are to have them', async () => {
  const network = (name: string, ...conditions: object[]): CollabNetwork => ({ metadata: { name }, status: { conditions } }) as unknown as CollabNetwork;
  const fresh = (status: string): object => ({ type: 'SnapshotsFresh', status });
  const metrics = createMetrics('t');
  fabricMetrics(metrics, { list: () => [network('good', { type: 'Ready', status: 'False' }, fresh('True')), network('late', fresh('False')), network('before', fresh('Unknown')), network('none')] });
  const shown = (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('t_fabric_snapshots_fresh{'));
  assert.deepEqual(shown, ['t_fabric_snapshots_fresh{network="good"} 1', 't_fabric_snapshots_fresh{network="late"} 0']);
});
