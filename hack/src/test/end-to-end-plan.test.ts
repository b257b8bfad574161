import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endToEndPlan, needsFabric } from './end-to-end-plan.ts';

const SUITES = ['fault-table', 'grants', 'task', 'uninstall', 'zone'];
const ON_FABRIC = ['e2e/fault-table on Fabric', 'e2e/grants on Fabric', 'e2e/task on Fabric', 'e2e/uninstall on Fabric'];
const names = (chains: readonly (readonly { name: string }[])[]): string[][] => chains.map((chain) => chain.map(({ name }) => name));

describe('endToEndPlan', () => {
  it('runs every suite once, that which removes the institutions at the end, and some over Fabric too, in one lane', () => {
    const { inLanes, alone } = endToEndPlan(SUITES, 2, 'embedded');
    assert.deepEqual(names(inLanes), [ON_FABRIC, ['e2e/fault-table'], ['e2e/grants'], ['e2e/task'], ['e2e/zone'], ['e2e/uninstall']]);
    assert.deepEqual(alone, []);
    assert.deepEqual(inLanes.flat().map((run) => needsFabric(run, 'embedded')), [true, true, true, true, false, false, false, false, false]);
  });

  it('runs what is about Fabric over it, whatever the others run over, in the lane of Fabric', () => {
    const all = ['fabric-faults.long', ...SUITES];
    assert.deepEqual(names(endToEndPlan(all, 2, 'embedded').inLanes)[0], [...ON_FABRIC.slice(0, -1), 'e2e/fabric-faults.long', ...ON_FABRIC.slice(-1)]);
    for (const run of [endToEndPlan(all, 2, 'embedded').inLanes[0]?.at(-2), ...endToEndPlan(all, 2, 'embedded', 'fabric-faults.long').alone]) assert.ok(run !== undefined && needsFabric(run, 'embedded'));
  });

  it('runs nothing twice where all run over Fabric', () => {
    const all = ['fabric-faults.long', ...SUITES];
    assert.deepEqual(endToEndPlan(all, 2, 'fabric').inLanes.flat().map(({ suite }) => suite).sort(), all);
  });

  it('divides the fault table between the lanes, but for the faults of the node', () => {
    const { inLanes, alone } = endToEndPlan(SUITES, 3, 'embedded', 'fault-table');
    assert.deepEqual(inLanes.flat().map(({ env }) => env['COLLABNET_FAULTS_PART']), ['1/3', '2/3', '3/3']);
    assert.deepEqual(alone.map(({ env }) => env['COLLABNET_FAULTS_PART']), ['node']);
    assert.deepEqual(endToEndPlan(SUITES, 1, 'embedded', 'fault-table'), { inLanes: [], alone: [{ name: 'e2e/fault-table', suite: 'fault-table', env: {} }] });
  });
});
