import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLeader, leads } from './orderer-leader.ts';

const metrics = `# HELP consensus_etcdraft_is_leader The leadership status of the current node: 1 if it is the leader else 0.
# TYPE consensus_etcdraft_is_leader gauge
consensus_etcdraft_is_leader{channel="collab-1"} 1
consensus_etcdraft_is_leader{channel="collab-2"} 0
`;

test('the leader of a channel is read from the metrics of an orderer', async () => {
  assert.equal(leads(metrics, 'collab-1'), true);
  assert.equal(leads(metrics, 'collab-2'), false);
  assert.equal(leads(metrics, 'collab'), false);
  assert.equal(await isLeader('http://127.0.0.1:1/metrics', 'collab-1'), undefined, 'nobody answers there');
});
