import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { apply, get, helm, kubectl, NETWORK, operatorsReady, waitReady } from '@collabnet/hack';
import { killPod } from './fault-table/pod-faults.ts';
import { containers, runningPod } from './fault-table/pods.ts';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B } from './fixture/institutions.ts';
import { COMMON_OF_LARGE, offerLarge } from './fixture/large-assets.ts';
import { courierWrites } from './support/courier-log.ts';
import { attemptPod, taskPods } from './support/faults.ts';
import { historyOf, nothingLeft, receiptsOf } from './support/remains.ts';
import { sameEnd } from './support/same-end.ts';
import { approveAsBoth, ended, inPhase, mirrorOf, psiTask, removeTasks, taskName, type SeenTask } from './support/tasks.ts';

let consortium: Consortium;
before(async () => {
  consortium = await readyConsortium();
});

describe('a courier that is killed while its attempt runs', () => {
  before(offerLarge);

  /** Starts a task that runs long enough, and takes bank B's pod away from it. */
  async function loseCourier(name: string, maxAttempts: number): Promise<string> {
    await apply(BANK_A.namespace, [psiTask(consortium, name, { asset: 'customers-large', maxAttempts })]);
    await approveAsBoth(name);
    const flowId = (await inPhase(name, 'Running')).status?.flowID ?? '';
    const pod = await attemptPod(BANK_B, flowId);
    await kubectl(BANK_B.namespace, ['delete', 'pod', pod.metadata.name, '--grace-period=0', '--force', '--wait=false']);
    return flowId;
  }

  test('voids the attempt, and the next one succeeds', async () => {
    const name = taskName('kill-courier');
    try {
      const flowId = await loseCourier(name, 3);
      const task = await sameEnd(consortium, name, COMMON_OF_LARGE);
      const failures = (await historyOf(flowId)).recorded('flows', 'fail');
      assert.ok(failures.length >= 1, 'the lost attempt is on the ledger');
      assert.equal(failures.every(({ reason }) => typeof reason === 'string' && reason !== ''), true);
      assert.ok((task.status?.steps?.[0]?.attempt ?? 0) > 1);
    } finally {
      await removeTasks(name);
    }
  });

  test('ends the task with the reason, when no attempt is left', async () => {
    const name = taskName('kill-last');
    try {
      const flowId = await loseCourier(name, 1);
      const task = await ended(name);
      assert.equal(task.status?.phase, 'Failed');
      assert.match(task.status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '', /gone|deleted|being stopped|lost|nothing was heard/);
      assert.deepEqual(await receiptsOf(flowId), []);
      await nothingLeft(flowId);
    } finally {
      await removeTasks(name);
    }
  });
});

describe('an institution that falls silent while an attempt runs', () => {
  before(offerLarge);

  const natsServers = (replicas: number): Promise<unknown> => kubectl(BANK_B.namespace, ['scale', 'statefulset', 'nats', `--replicas=${replicas}`]);

  test('node fault: an institution that falls silent ends the task of the other with the reason, and cleans up when it is back', async () => {
    const name = taskName('silent');
    try {
      await apply(BANK_A.namespace, [psiTask(consortium, name, { asset: 'customers-large', protocol: 'ECDH', maxAttempts: 1 })]);
      await approveAsBoth(name);
      const flowId = (await inPhase(name, 'Running')).status?.flowID ?? '';
      // Silence is another reason than a handshake that was never answered.
      await courierWrites(flowId, '"state":"Running"');
      const server = await runningPod(BANK_B, 'app.kubernetes.io/component=nats');
      // Engines may be done sooner than a server is gone: one of them waits for that.
      const engines = containers(await runningPod(BANK_B, taskPods(flowId), 'engine'), 'engine');
      for (const engine of engines) await engine.freeze();
      try {
        await natsServers(0);
        await killPod(BANK_B, server).begin();
      } finally {
        for (const engine of engines) engine.thaw();
      }
      const task = await ended(name);
      assert.equal(task.status?.phase, 'Failed');
      const ready = task.status?.conditions?.find(({ type }) => type === 'Ready');
      assert.equal(ready?.reason, 'PeerSilent', ready?.message);
      assert.match(ready?.message ?? '', /bank-b: .*nothing was heard of it for 45 s; ask whether/);
      await nothingLeft(flowId, [BANK_A.namespace]);
      await natsServers(1);
      await nothingLeft(flowId);
    } finally {
      await natsServers(1);
      await removeTasks(name);
      await waitReady(BANK_B.namespace, 'collabnetwork', NETWORK, 120_000);
    }
  });
});

describe('an image that is not there', () => {
  const upgrade = (...values: string[]): Promise<unknown> =>
    helm(['upgrade', 'institution', 'charts/institution', '--namespace', BANK_B.namespace, '--reuse-values', ...values.flatMap((value) => ['--set', value]), '--wait', '--timeout', '120s']);

  test('node fault: an image that is not there ends the task with a precise reason, and leaves no pod', async () => {
    const name = taskName('no-image');
    try {
      // The same image from a registry that the node has nothing of.
      await upgrade('images.engineSpu.repository=localhost/collabnet/engine-spu', 'images.pullPolicy=Never');
      await operatorsReady([BANK_B]);
      await apply(BANK_A.namespace, [psiTask(consortium, name)]);
      await approveAsBoth(name);
      const task = await ended(name);
      assert.equal(task.status?.phase, 'Failed');
      const ready = task.status?.conditions?.find(({ type }) => type === 'Ready');
      assert.equal(ready?.reason, 'ImageUnavailable', ready?.message);
      assert.match(ready?.message ?? '', /image localhost\/collabnet\/engine-spu:dev of container engine is not on the node .*images\.\*/);
      await nothingLeft(task.status?.flowID ?? '');
      const mirror = await get<SeenTask>(BANK_B.namespace, 'computetask', await mirrorOf(name));
      assert.equal(mirror?.status?.phase, 'Failed');
    } finally {
      await removeTasks(name);
      await upgrade('images.engineSpu.repository=collabnet/engine-spu', 'images.pullPolicy=IfNotPresent');
      await operatorsReady([BANK_B]);
    }
  });
});
