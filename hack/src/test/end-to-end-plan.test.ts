import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endToEndPlan, needsFabric } from './end-to-end-plan.ts';

const SUITES = ['fault-table', 'grants', 'node-faults', 'task', 'uninstall'];
const names = (runs: readonly { name: string }[]): string[] => runs.map(({ name }) => name);

describe('endToEndPlan', () => {
  it('runs every suite once, those that hit the node after the others, and some over Fabric too', () => {
    const { inLanes, alone } = endToEndPlan(SUITES, 2, 'embedded');
    assert.deepEqual(names(inLanes), ['e2e/task on Fabric', 'e2e/grants', 'e2e/task']);
    assert.deepEqual(names(alone), ['e2e/fault-table on Fabric', 'e2e/fault-table', 'e2e/node-faults', 'e2e/uninstall']);
    assert.deepEqual(inLanes.map((run) => needsFabric(run, 'embedded')), [true, false, false]);
  });

  it('runs nothing twice where all run over Fabric', () => {
    const { inLanes, alone } = endToEndPlan(SUITES, 2, 'fabric');
    assert.deepEqual([...inLanes, ...alone].map(({ suite }) => suite).sort(), SUITES);
  });

  it('divides the fault table between the lanes, but for the faults of the node', () => {
    const { inLanes, alone } = endToEndPlan(SUITES, 3, 'embedded', 'fault-table');
    assert.deepEqual(inLanes.map(({ env }) => env['COLLABNET_FAULTS_PART']), ['1/3', '2/3', '3/3']);
    assert.deepEqual(alone.map(({ env }) => env['COLLABNET_FAULTS_PART']), ['node']);
    assert.deepEqual(endToEndPlan(SUITES, 1, 'embedded', 'fault-table'), { inLanes: [], alone: [{ name: 'e2e/fault-table', suite: 'fault-table', env: {} }] });
  });
});
