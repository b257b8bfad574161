import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaugeIn, readNodeGauge } from './node-gauge.ts';

const LEADER = 'consensus_etcdraft_is_leader';
const metrics = `# HELP ${LEADER} The leadership status of the current node: 1 if it is the leader else 0.
# TYPE ${LEADER} gauge
${LEADER}{channel="collab-1"} 1
${LEADER}{channel="collab-2"} 0
`;

test('a gauge of a channel is read from the metrics of a node', async () => {
  assert.equal(gaugeIn(metrics, LEADER, 'collab-1'), 1);
  assert.equal(gaugeIn(metrics, LEADER, 'collab-2'), 0);
  assert.equal(gaugeIn(metrics, LEADER, 'collab'), undefined);
  assert.equal(await readNodeGauge('http://127.0.0.1:1/metrics', LEADER, 'collab-1'), undefined, 'nobody answers there');
});
