import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { apply, emptyDirFolder, fillFolder, foreignKubeconfig, freeFolder, get, helm, ledgerDriver, limitFolder, NETWORK, operatorsReady, persistentVolumeFolder, unlimitFolder, waitReady } from '@collabnet/hack';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B, SUPERVISOR } from './fixture/institutions.ts';
import { forget, runningPod } from './fault-table/pods.ts';
import { saysOf, type Conditioned } from './support/conditions.ts';
import { expireProxyAccess, proxyCertificateEnds } from './support/expire.ts';
import { shiftOperatorClock } from './support/clocks.ts';
import { attemptPod, courierSaid, scaleOperator } from './support/faults.ts';
import { nothingLeft, receiptsOf } from './support/remains.ts';
import { fetchResult } from './support/results.ts';
import { eventually } from './support/objects.ts';
import { approveAsBoth, ended, mirrorOf, proposed, psiTask, removeTasks, succeeded, taskAt, taskName, type SeenTask } from './support/tasks.ts';

const COMMON = 600;
// Volumes are mounted and filled on the node itself.
const skip = foreignKubeconfig() === undefined ? false : 'needs the local cluster: it fills volumes of the node';
/** On Fabric every institution has a ledger, and endorsers judge the time of each transaction: fabric-faults.long.test.ts. */
const otherwiseOnFabric = ledgerDriver() === 'fabric' ? 'is another on Fabric: fabric-faults.long.test.ts' : false;

let consortium: Consortium;
before(async () => {
  consortium = await readyConsortium();
});

async function goesThrough(name: string): Promise<void> {
  const task = await succeeded(name, 240_000);
  assert.equal((await fetchResult(BANK_A, name)).rows.length, COMMON);
  assert.equal((await receiptsOf(task.status?.flowID ?? '')).length, 2);
  await nothingLeft(task.status?.flowID ?? '');
}

/** Sets Helm values of bank B, and waits for the operator that has them. */
async function withValues(...values: string[]): Promise<void> {
  await helm(['upgrade', 'institution', 'charts/institution', '--namespace', BANK_B.namespace, '--reuse-values', ...values.flatMap((value) => ['--set', value]), '--wait', '--timeout', '120s']);
  await operatorsReady([BANK_B]);
}

describe('memory that does not suffice', () => {
  test('node fault: a courier has less memory than it needs: the task ends at once and names the limit', async () => {
    const name = taskName('short-memory');
    try {
      await withValues('compute.courier.limits.memory=40Mi', 'compute.courier.requests.memory=40Mi');
      await apply(BANK_A.namespace, [psiTask(consortium, name)]);
      const flowId = (await proposed(name)).status?.flowID ?? '';
      await approveAsBoth(name);
      const task = await ended(name);
      assert.equal(task.status?.phase, 'Failed');
      assert.match(saysOf(task), /OutOfMemory: container courier needed more memory than its limit; raise the Helm value compute\.courier\.limits\.memory/);
      await nothingLeft(flowId);
    } finally {
      await removeTasks(name);
      await withValues('compute.courier.limits.memory=256Mi', 'compute.courier.requests.memory=96Mi');
    }
  });
});

describe('a volume that is full', { skip }, () => {
  test('node fault: the scratch volume of a compute pod is full: the task ends and names the setting', async () => {
    const name = taskName('full-scratch');
    try {
      await withValues('compute.scratch.memory=true', 'compute.scratch.size=8Mi');
      await apply(BANK_A.namespace, [psiTask(consortium, name)]);
      const flowId = (await proposed(name)).status?.flowID ?? '';
      await approveAsBoth(name);
      const { metadata } = await attemptPod(BANK_B, flowId);
      await courierSaid(BANK_B, metadata.name, 'Reserved');
      fillFolder(emptyDirFolder(metadata.uid, 'work'));
      const task = await ended(name);
      assert.equal(task.status?.phase, 'Failed');
      assert.match(saysOf(task), /ScratchFull: .*scratch volume of the compute pod is full; raise the Helm value compute\.scratch\.size/);
      assert.deepEqual(await receiptsOf(flowId), []);
      await nothingLeft(flowId);
    } finally {
      await removeTasks(name);
      await withValues('compute.scratch.memory=false', 'compute.scratch.size=512Mi');
    }
  });

  test('node fault: the volume of the ledger is full: nothing is lost, it says so, and goes on when there is room', { skip: otherwiseOnFabric }, async () => {
    const names: string[] = [];
    const ledger = `app.kubernetes.io/component=embedded-ledger`;
    const claim = await get<{ spec: { volumeName: string } }>(SUPERVISOR.namespace, 'persistentvolumeclaim', `data-ledger-${NETWORK}-0`);
    const folder = persistentVolumeFolder(claim?.spec.volumeName ?? '');
    const renew = async (): Promise<void> => {
      await forget(SUPERVISOR, await runningPod(SUPERVISOR, ledger));
      await runningPod(SUPERVISOR, ledger);
      await waitReady(SUPERVISOR.namespace, 'collabnetwork', NETWORK, 120_000);
    };
    /** Proposes tasks until one cannot be: a database has room left in its own files. */
    const untilFull = async (): Promise<string> => {
      for (let nth = 1; nth <= 40; nth++) {
        const name = taskName('full-ledger');
        names.push(name);
        await apply(BANK_A.namespace, [psiTask(consortium, name)]);
        const outcome = await eventually<SeenTask, 'Full' | 'Proposed'>(taskAt(BANK_A, name), 'was to be proposed, or to say that the ledger is full', (task) => {
          if (saysOf(task).includes('the volume of the ledger is full; enlarge it')) return 'Full';
          return task.status?.phase === 'AwaitingApproval' && 'Proposed';
        });
        if (outcome === 'Full') return name;
      }
      throw new Error(`${names.length} tasks were proposed although the volume is full`);
    };
    await limitFolder(folder, 64);
    try {
      await renew();
      fillFolder(folder);
      const name = await untilFull();
      freeFolder(folder);
      await approveAsBoth(name);
      await goesThrough(name);
    } finally {
      await unlimitFolder(folder);
      await renew();
      await removeTasks(...names);
    }
  });
});

describe('a clock that is wrong', () => {
  const MINUTE_MS = 60_000;

  for (const [direction, minutes] of [['ahead', 10], ['behind', -10]] as const) {
    test(`node fault: an operator's clock is ten minutes ${direction}: it promises nothing, names the clock, and goes on when it is right`, { skip: otherwiseOnFabric }, async () => {
      const name = taskName(`clock-${direction}`);
      try {
        await shiftOperatorClock(BANK_B, minutes * MINUTE_MS);
        await apply(BANK_A.namespace, [psiTask(consortium, name)]);
        await approveAsBoth(name);
        const seen = await eventually<Conditioned, string>({ namespace: BANK_B.namespace, kind: 'computetask', name: await mirrorOf(name) }, 'was to name the clock', (task) => (saysOf(task).includes('ClockSkew') ? saysOf(task) : undefined), 90_000);
        assert.match(seen, new RegExp(`the clock of this operator is (599|60[0-9]) s ${direction === 'ahead' ? 'ahead of' : 'behind'} the ledger's; correct the clock of its node`));
        await shiftOperatorClock(BANK_B, 0);
        await goesThrough(name);
      } finally {
        await shiftOperatorClock(BANK_B, 0);
        await removeTasks(name);
      }
    });
  }

  test("node fault: an operator's clock is twenty minutes behind: it takes no block, names the clock, and goes on when it is right", async () => {
    const name = taskName('clock-wrong');
    const network = { namespace: BANK_B.namespace, kind: 'collabnetwork', name: NETWORK };
    try {
      await shiftOperatorClock(BANK_B, -20 * MINUTE_MS);
      await eventually<Conditioned, string>(network, 'was to name the clock', (seen) => (/ClockSkew: the clock of this operator is 1[12]\d\d s behind the ledger's/.test(saysOf(seen)) ? saysOf(seen) : undefined), 90_000);
      await apply(BANK_A.namespace, [psiTask(consortium, name)]);
      await shiftOperatorClock(BANK_B, 0);
      await approveAsBoth(name);
      await goesThrough(name);
    } finally {
      await shiftOperatorClock(BANK_B, 0);
      await removeTasks(name);
    }
  });
});

describe('what has expired while no operator was there', () => {
  test('node fault: certificate and credentials of a data proxy have expired: the operator renews both, and the task ends as ever', async () => {
    const name = taskName('expired');
    const proxy = 'app.kubernetes.io/component=data-proxy';
    try {
      await scaleOperator(BANK_B, 0);
      await expireProxyAccess(BANK_B, consortium.networkId, consortium.bankB);
      assert.ok((await proxyCertificateEnds(BANK_B)) < Date.now());
      await forget(BANK_B, await runningPod(BANK_B, proxy));
      await runningPod(BANK_B, proxy);
      await scaleOperator(BANK_B, 1);
      await operatorsReady([BANK_B]);
      await apply(BANK_A.namespace, [psiTask(consortium, name)]);
      await approveAsBoth(name);
      await goesThrough(name);
      assert.ok((await proxyCertificateEnds(BANK_B)) > Date.now() + 24 * 3_600_000);
    } finally {
      await scaleOperator(BANK_B, 1);
      await removeTasks(name);
    }
  });
});
