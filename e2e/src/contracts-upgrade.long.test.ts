import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apply, foreignKubeconfig, helm, ledgerDriver, loadOtherContracts, operatorsReady, type DemoInstitution } from '@collabnet/hack';
import { readyConsortium, removeConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B, SUPERVISOR } from './fixture/institutions.ts';
import { networkOf } from './support/algorithms.ts';
import type { SeenNetwork } from './support/fabric-nodes.ts';
import { eventually } from './support/objects.ts';
import { sameEnd } from './support/same-end.ts';
import { approveAsBoth, psiTask, removeTasks, taskName } from './support/tasks.ts';

const skip = ledgerDriver() !== 'fabric' ? 'is about Fabric: COLLABNET_LEDGER=fabric' : foreignKubeconfig() === undefined ? false : 'needs the local cluster: it loads an image';

let consortium: Consortium;
let tag = '';

/** As an administrator would; the operator comes with the contracts of its image. */
async function upgrade(institution: DemoInstitution): Promise<void> {
  await helm(['upgrade', 'institution', 'charts/institution', '--namespace', institution.namespace, '--reuse-values', '--set', `images.node.tag=${tag}`, '--wait', '--timeout', '120s']);
  await operatorsReady([institution]);
}

/**
 * Waits until an institution says this of its contracts.
 *
 * @param least number of the definition in force that it has to know of
 * @returns the message, and number and version of what is in force
 */
function says(institution: DemoInstitution, reason: string, least = 1): Promise<{ message: string; sequence: number; version: string }> {
  return eventually(
    networkOf(institution),
    `was to say ${reason} of the contracts`,
    ({ status }: SeenNetwork) => {
      const { contracts } = status?.fabric ?? {};
      const condition = status?.conditions?.find((each) => each.type === 'ContractsAgreed');
      return contracts !== undefined && contracts.sequence >= least && condition?.reason === reason ? { message: condition.message, ...contracts } : undefined;
    },
    180_000,
  );
}

async function taskRuns(): Promise<void> {
  const name = taskName('upgrade');
  try {
    await apply(BANK_A.namespace, [psiTask(consortium, name)]);
    await approveAsBoth(name);
    await sameEnd(consortium, name);
  } finally {
    await removeTasks(name);
  }
}

describe('another build of the contracts', { skip }, () => {
  before(async () => {
    consortium = await readyConsortium();
    tag = await loadOtherContracts();
  });
  // Their operators have an image that the other suites do not.
  after(removeConsortium);

  test('is in force when most institutions have upgraded, forces nobody, and tasks run before, between and after', async () => {
    const first = await says(SUPERVISOR, 'InForce');
    await taskRuns();

    await upgrade(BANK_A);
    const waiting = await says(BANK_A, 'ContractsAwaitingApproval');
    assert.match(waiting.message, /approved by bank-a, not by .*bank-b/);
    assert.deepEqual([waiting.sequence, waiting.version], [first.sequence, first.version], 'those of before stay in force');
    await taskRuns();

    await upgrade(SUPERVISOR);
    const second = await says(SUPERVISOR, 'InForce', first.sequence + 1);
    assert.equal(second.sequence, first.sequence + 1);
    assert.notEqual(second.version, first.version);
    await says(BANK_A, 'InForce', second.sequence);
    const outdated = await says(BANK_B, 'ContractsOutdated');
    assert.match(outdated.message, /nothing can be written from here.*Upgrade the release of this institution/);

    await upgrade(BANK_B);
    assert.equal((await says(BANK_B, 'InForce', second.sequence)).version, second.version);
    await taskRuns();
  });
});
