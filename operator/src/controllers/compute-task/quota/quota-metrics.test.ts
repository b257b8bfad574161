import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CollabNetwork } from '@collabnet/crds';
import { createMetrics } from '@collabnet/telemetry';
import { WaitError } from '../../../runtime/index.ts';
import type { LedgerView } from '../ledger-view.ts';
import { DID_A, DID_B, fixture, NOW } from '../testing/fixtures.ts';
import { quotaMetrics } from './quota-metrics.ts';
import { tallyOf, type TalliedFlow } from './tallied-flow.ts';

const network = (quotas?: unknown): CollabNetwork => ({ metadata: { name: 'net' }, spec: { quotas }, status: { members: [{ did: DID_A }, { did: DID_B }] } }) as unknown as CollabNetwork;

async function shown(quotas: unknown, of: () => Promise<readonly TalliedFlow[]>): Promise<string[]> {
  const metrics = createMetrics('t');
  quotaMetrics(metrics, { networks: { list: () => [network(quotas)] }, tally: { of }, slots: { usedBy: () => 1 }, view: () => ({ session: { did: DID_B } }) as unknown as LedgerView }, () => NOW);
  const lines = (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('t_quota_'));
  return lines.map((line) => line.replace(DID_A, 'A').replace(DID_B, 'B').replace('network="net",', ''));
}

test('limits and what is used of them, of each member that has one', async () => {
  const flows = [tallyOf(fixture().flow, [], DID_B)];
  assert.deepEqual(await shown({ own: { openTasks: 3 }, others: { runningAttempts: 2, openTasks: 5 }, proposers: [] }, () => Promise.resolve(flows)), [
    't_quota_limit{proposer="B",quota="openTasks"} 3',
    't_quota_limit{proposer="A",quota="runningAttempts"} 2',
    't_quota_limit{proposer="A",quota="openTasks"} 5',
    't_quota_used{proposer="B",quota="openTasks"} 0',
    't_quota_used{proposer="A",quota="runningAttempts"} 1',
    't_quota_used{proposer="A",quota="openTasks"} 1',
  ]);
  assert.deepEqual(await shown(undefined, () => Promise.resolve(flows)), []);
});

test('while the ledger cannot be read, limits are shown and what is used is not', async () => {
  const stale = (): Promise<never> => Promise.reject(new WaitError('LedgerStale', 'too old', 1));
  assert.deepEqual(await shown({ own: { openTasks: 3 }, proposers: [] }, stale), ['t_quota_limit{proposer="B",quota="openTasks"} 3']);
});
