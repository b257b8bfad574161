import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apply, helm, installInstitution, kubectl, operatorsReady, waitReady, NETWORK, type DemoInstitution } from '@collabnet/hack';
import { readyConsortium, removeConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B, NEIGHBOURS, SUPERVISOR } from './fixture/institutions.ts';
import { offerLarge } from './fixture/large-assets.ts';
import type { Conditioned } from './support/conditions.ts';
import { cluster, eventually } from './support/objects.ts';
import { nothingLeft, receiptsOf } from './support/remains.ts';
import { approveAsBoth, ended, inPhase, psiTask, removeTasks, taskName } from './support/tasks.ts';

/** The last suite: it uses up the institutions that the others share. */
let consortium: Consortium;
before(async () => {
  consortium = await readyConsortium();
  await offerLarge();
});
after(removeConsortium);

/**
 * Waits until a new operator leads and has restarted the servers that it configures. The network's Ready is still the
 * former operator's word, and a NATS server on its way down carries no farewell.
 */
async function takenOver({ namespace }: DemoInstitution): Promise<void> {
  for (const name of ['nats', 'result-store']) {
    await eventually<StatefulSet, boolean>({ namespace, kind: 'statefulset', name }, 'to be configured by the operator', ({ spec }) => spec.template.metadata.annotations?.['collabnet.dev/config-revision'] !== undefined, 120_000);
    await kubectl(namespace, ['rollout', 'status', `statefulset/${name}`, '--timeout=120s']);
  }
}

interface StatefulSet extends Conditioned {
  readonly spec: { readonly template: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } } };
}

/** Starts a task that runs for a while. */
async function runningTask(name: string): Promise<string> {
  await apply(BANK_A.namespace, [psiTask(consortium, name, { asset: 'customers-large', protocol: 'ECDH' })]);
  await approveAsBoth(name);
  const task = await inPhase(name, 'Running');
  return task.status?.flowID ?? '';
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

/** The other bank's task has ended with a reason that a person understands, and holds nothing any more. */
async function endedAtA(name: string, flowId: string): Promise<void> {
  const task = await ended(name, 300_000);
  assert.notEqual(task.status?.phase, 'Succeeded');
  const ready = task.status?.conditions?.find(({ type }) => type === 'Ready');
  assert.match(ready?.message ?? '', /removed from its cluster|is being deleted|nothing was heard/, ready?.message);
  await nothingLeft(flowId, [BANK_A.namespace]);
  assert.ok((await receiptsOf(flowId)).length < 2);
}

describe('with a task running', () => {
  test('helm uninstall does not hang, ends the task for the other bank, and a new installation goes on where it was', async () => {
    const name = taskName('uninstalled');
    try {
      const flowId = await runningTask(name);
      const took = await seconds(() => helm(['uninstall', 'institution', '--namespace', BANK_B.namespace, '--wait', '--timeout', '90s']));
      assert.ok(took < 90, `${took} s`);
      await endedAtA(name, flowId);
    } finally {
      await removeTasks(name);
      await installInstitution(BANK_B, SUPERVISOR, NEIGHBOURS);
      await operatorsReady([BANK_B]);
    }
    await takenOver(BANK_B);
    await waitReady(BANK_B.namespace, 'collabnetwork', NETWORK, 120_000);
    await waitReady(BANK_B.namespace, 'dataasset', 'customers', 120_000);
  });

  test('deleting the namespace ends within 90 s, and ends the task for the other bank', async () => {
    const name = taskName('vanished');
    const flowId = await runningTask(name);
    // What goes first with a namespace is left to chance; without its account the operator can ask nobody why it is ended.
    await kubectl(BANK_B.namespace, ['delete', 'serviceaccount', 'operator']);
    const took = await seconds(() => cluster(['delete', 'namespace', BANK_B.namespace, '--timeout=90s']));
    assert.ok(took < 90, `${took} s`);
    await endedAtA(name, flowId);
  });
});
