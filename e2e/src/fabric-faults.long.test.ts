import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { apply, collabnet, fillFolder, foreignKubeconfig, freeFolder, get, kubectl, ledgerBlocks, ledgerDriver, limitFolder, list, persistentVolumeFolder, unlimitFolder, type DemoInstitution } from '@collabnet/hack';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B, INSTITUTIONS, SUPERVISOR } from './fixture/institutions.ts';
import { networkOf } from './support/algorithms.ts';
import { shiftContractsClock, shiftOperatorClock } from './support/clocks.ts';
import { saysOf, stalledOf, type Conditioned } from './support/conditions.ts';
import { expirePeerCertificates, peerCertificateEnds } from './support/expire-peer.ts';
import { allServe, conflictsAt, contractsPod, kill, leadingOrderer, losePeer, nodePod, ORDERERS, PEER, PEER_CLAIM, withoutNodes, type SeenNetwork } from './support/fabric-nodes.ts';
import { eventually, patch } from './support/objects.ts';
import { proposals } from './support/remains.ts';
import { sameEnd } from './support/same-end.ts';
import { approveAsA, approveAsB, approveAsBoth, proposed, psiTask, removeTasks, taskAt, taskName, type SeenTask } from './support/tasks.ts';
import { until } from './support/until.ts';

/** Tasks that are applied before something is killed: an operator proposes ten at a time, so some are on their way then. */
const ON_THE_WAY = 24;
const MINUTE_MS = 60_000;

// Processes are killed and volumes filled on the node itself.
const skip = ledgerDriver() !== 'fabric' ? 'is about Fabric: COLLABNET_LEDGER=fabric' : foreignKubeconfig() === undefined ? false : 'needs the local cluster: it kills processes of the node';

let consortium: Consortium;

/** Digests of all transactions that an institution has verified, in their order. */
async function transactionsOf({ namespace }: DemoInstitution): Promise<string[]> {
  return (await ledgerBlocks(namespace)).flatMap(({ transactions }) => transactions.map(({ digest }) => digest));
}

/** Reads all blocks from the institution's own peer and verifies them from the first on. */
async function verifies({ namespace }: DemoInstitution): Promise<void> {
  const { stdout } = await collabnet(namespace, ['ledger', 'verify', '-o', 'json']);
  assert.equal((JSON.parse(stdout) as { verified: boolean }).verified, true, stdout);
}

/** Removes the tasks after the work, and leaves the network as the next test wants it. */
async function withTasks(names: readonly string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await removeTasks(...names);
    await allServe();
  }
}

function namesOf(stem: string, count: number): string[] {
  return Array.from({ length: count }, () => taskName(stem));
}

/** Waits until all tasks are on the ledger: each as a flow of its own, each once. */
async function allProposedOnce(names: readonly string[]): Promise<void> {
  const flows: string[] = [];
  for (const name of names) flows.push((await proposed(name, BANK_A, 180_000)).status?.flowID ?? '');
  assert.equal(new Set(flows).size, names.length);
  const counts = await proposals();
  assert.deepEqual(flows.map((flowId) => counts.get(flowId)), names.map(() => 1));
}

/** Proposes tasks, does something to the ledger while some are on their way, and brings one of them to its end. */
async function whileProposing(t: TestContext, stem: string, fault: () => Promise<void>): Promise<void> {
  const names = namesOf(stem, ON_THE_WAY);
  await withTasks(names, async () => {
    await apply(BANK_A.namespace, names.map((name) => psiTask(consortium, name)));
    const open = async (): Promise<number> => {
      const tasks = (await list<SeenTask>(BANK_A.namespace, 'computetasks')).filter(({ metadata }) => names.includes(metadata.name));
      return tasks.filter(({ status }) => status?.specDigest === undefined).length;
    };
    await fault();
    const begun = performance.now();
    const left = await open();
    assert.ok(left > 0, 'all tasks were proposed before anything was killed');
    await allProposedOnce(names);
    t.diagnostic(`${left} of ${names.length} tasks were open; all were proposed after ${Math.round((performance.now() - begun) / 1000)} s`);
    const [name = ''] = names;
    await approveAsBoth(name);
    await sameEnd(consortium, name);
  });
}

describe('a network on Fabric with three orderers and three peers', { skip }, () => {
  before(async () => {
    consortium = await readyConsortium();
    await allServe();
  });
  after(allServe);

  test('fabric fault: an orderer that follows is killed while tasks are proposed: each is proposed once, and a task ends as ever', async (t) => {
    const leader = await leadingOrderer();
    const follower = await nodePod(SUPERVISOR, ORDERERS.find((name) => name !== leader) ?? '');
    await whileProposing(t, 'kill-follower', () => kill(SUPERVISOR, follower));
  });

  test('fabric fault: the leading orderer is killed while tasks are proposed: each is proposed once, and a task ends as ever', async (t) => {
    const leader = await nodePod(SUPERVISOR, await leadingOrderer());
    await whileProposing(t, 'kill-leader', () => kill(SUPERVISOR, leader));
  });

  test('fabric fault: two of three orderers are away: nothing is written and that is said, the ledger is read, nothing is lost, and it goes on when they are back', async (t) => {
    const name = taskName('no-quorum');
    const leader = await leadingOrderer();
    const away = [leader, ORDERERS.find((each) => each !== leader) ?? ''];
    await withTasks([name], async () => {
      let known: string[] = [];
      await withoutNodes(SUPERVISOR, away, async () => {
        const said = (seen: SeenNetwork): true | undefined => /FabricNoQuorum: 2 of 3 orderers do not serve: nothing can be written until more than half do; the ledger can be read/.test(saysOf(seen)) || undefined;
        await eventually<SeenNetwork, true>(networkOf(SUPERVISOR), 'was to say that most orderers are away', said);
        known = await transactionsOf(SUPERVISOR);
        await apply(BANK_A.namespace, [psiTask(consortium, name)]);
        await eventually<SeenTask, true>(taskAt(BANK_A, name), 'was to wait for the ledger', (task) => saysOf(task).includes('LedgerUnavailable') || undefined, 120_000);
        for (const institution of INSTITUTIONS) {
          assert.deepEqual(await transactionsOf(institution), known, institution.namespace);
          await verifies(institution);
        }
      });
      const back = performance.now();
      await allProposedOnce([name]);
      t.diagnostic(`the task was proposed ${Math.round((performance.now() - back) / 1000)} s after the orderers were started again`);
      assert.deepEqual((await transactionsOf(SUPERVISOR)).slice(0, known.length), known);
      await approveAsBoth(name);
      await sameEnd(consortium, name);
    });
  });

  test("fabric fault: the peer of an institution is killed and its volume deleted: it is rebuilt from the orderers, and the institution's task ends as ever", async (t) => {
    const name = taskName('lost-peer');
    await withTasks([name], async () => {
      const known = await transactionsOf(BANK_B);
      const begun = performance.now();
      await losePeer(BANK_B);
      await allServe();
      t.diagnostic(`the peer serves again after ${Math.round((performance.now() - begun) / 1000)} s`);
      await verifies(BANK_B);
      assert.deepEqual((await transactionsOf(BANK_B)).slice(0, known.length), known);
      await apply(BANK_A.namespace, [psiTask(consortium, name)]);
      await approveAsBoth(name);
      await sameEnd(consortium, name);
    });
  });

  test('fabric fault: the peer of an institution is away: the others say that too few peers are alive, until it is back', async () => {
    await eventually<SeenNetwork, boolean>(networkOf(BANK_A), 'was to see the peers of all', ({ status }) => status?.fabric?.livePeers === 3, 90_000);
    await withoutNodes(BANK_B, [PEER], () => eventually<SeenNetwork, boolean>(networkOf(BANK_A), 'was to say that a peer is missing', (seen) => says(seen, 'PeersSufficient', '2 peers of all institutions are alive, at least 3 should be'), 120_000).then(() => undefined));
    await eventually<SeenNetwork, boolean>(networkOf(BANK_A), 'was to see the peers of all again', ({ status }) => status?.fabric?.livePeers === 3, 120_000);
  });

  test('fabric fault: the first of two peers of an institution is away: that is said, its own view goes on, and its task ends as ever', async () => {
    const name = taskName('second-peer');
    const fabricOf = (seen: SeenNetwork): NonNullable<SeenNetwork['status']>['fabric'] => seen.status?.fabric;
    const peers = (count: number): Promise<void> => patch(BANK_B.namespace, 'collabnetwork', networkOf(BANK_B).name, { spec: { ledger: { fabric: { peers: count } } } });
    try {
      await peers(2);
      const both = (seen: SeenNetwork): boolean => {
        const heights = fabricOf(seen)?.peers.map(({ height }) => height) ?? [];
        return heights.length === 2 && heights[0] !== undefined && heights[0] === heights[1] && fabricOf(seen)?.livePeers === 4;
      };
      await eventually<SeenNetwork, boolean>(networkOf(BANK_B), 'was to have two peers with the same blocks', both, 180_000);
      await withTasks([name], () =>
        withoutNodes(BANK_B, [PEER], async () => {
          await eventually<SeenNetwork, boolean>(networkOf(BANK_B), 'was to name the peer that is away', (seen) => says(seen, 'FabricHealthy', PEER));
          await until(() => verifies(BANK_B).then(() => true, () => false), 60_000, () => `${BANK_B.namespace} was to go on by its other peer`);
          await apply(BANK_A.namespace, [psiTask(consortium, name)]);
          await approveAsBoth(name);
          await sameEnd(consortium, name);
        }),
      );
      await eventually<SeenNetwork, boolean>(networkOf(BANK_B), 'was to have both peers again', both, 180_000);
    } finally {
      await peers(1);
      await until(async () => (await get(BANK_B.namespace, 'statefulset', PEER.replace(/0$/, '1'))) === undefined, 60_000, () => 'the second peer was to end');
    }
  });

  test('fabric fault: the certificates of a peer have expired while its operator was away: the operator renews them, and a task ends as ever', async (t) => {
    const name = taskName('expired-peer');
    const { namespace } = BANK_B;
    await withTasks([name], async () => {
      try {
        await kubectl(namespace, ['scale', 'deployment/operator', '--replicas=0']);
        await until(async () => (await list(namespace, 'pods', 'app.kubernetes.io/component=operator')).length === 0, 60_000, () => 'the operator was to be away');
        const pod = await nodePod(BANK_B, PEER);
        await expirePeerCertificates(BANK_B);
        await kill(BANK_B, pod);
        await until(() => hasEnded(namespace), 90_000, () => `${namespace}/${PEER} was to refuse its expired certificate`);
      } finally {
        await kubectl(namespace, ['scale', 'deployment/operator', '--replicas=1']);
      }
      const begun = performance.now();
      await until(async () => (await peerCertificateEnds(BANK_B)) > Date.now() + 300 * 24 * 60 * MINUTE_MS, 90_000, () => 'the certificate was to be renewed');
      await allServe();
      t.diagnostic(`everything serves again ${Math.round((performance.now() - begun) / 1000)} s after the operator was started`);
      await apply(BANK_A.namespace, [psiTask(consortium, name)]);
      await approveAsBoth(name);
      await sameEnd(consortium, name);
    });
  });

  test('fabric fault: the contracts of who proposes are killed in the middle of submits: each task is proposed once, and one ends as ever', async (t) => {
    const contracts = await contractsPod(BANK_A);
    await whileProposing(t, 'kill-contracts', () => kill(BANK_A, contracts));
  });

  test('fabric fault: fifty tasks are proposed at the same moment, and some are agreed to by both at once: each once, and nobody sees a failure', async (t) => {
    const names = namesOf('many', 50);
    const agreed = names.slice(0, 3);
    await withTasks(names, async () => {
      const before = await conflictsAt(BANK_A);
      await apply(BANK_A.namespace, names.map((name) => psiTask(consortium, name)));
      const failures = new Set<string>();
      const look = async (): Promise<boolean> => {
        const tasks = (await list<SeenTask>(BANK_A.namespace, 'computetasks')).filter(({ metadata }) => names.includes(metadata.name));
        for (const task of tasks) if (showsFailure(task)) failures.add(saysOf(task));
        return tasks.every(({ status }) => status?.phase === 'AwaitingApproval');
      };
      const begun = performance.now();
      await until(look, 300_000, () => `all tasks were to wait for approval; failures: ${[...failures].join(' | ')}`);
      t.diagnostic(`fifty tasks were proposed in ${Math.round((performance.now() - begun) / 1000)} s`);
      await allProposedOnce(names);
      await Promise.all(agreed.map((name) => approveAsBoth(name)));
      for (const name of agreed) await sameEnd(consortium, name);
      await look();
      assert.deepEqual([...failures], []);
      const conflicts = (await conflictsAt(BANK_A)) - before;
      assert.ok(conflicts > 0, 'two operators that agree to the same flow at once were to come into conflict');
      t.diagnostic(`${conflicts} transactions were in conflict with another`);
    });
  });

  test('fabric fault: the volume of a peer is full: it says so, the others write on, and it goes on when there is room, with nothing lost', async (t) => {
    const names: string[] = [];
    const claim = await get<{ spec: { volumeName: string } }>(BANK_B.namespace, 'persistentvolumeclaim', PEER_CLAIM);
    const folder = persistentVolumeFolder(claim?.spec.volumeName ?? '');
    const full = async (): Promise<boolean> => saysOf(await get<Conditioned>(BANK_B.namespace, 'collabnetwork', networkOf(BANK_B).name)).includes(`FabricVolumeFull: the volume of ${PEER} is full`);
    const write = async (): Promise<void> => {
      const name = taskName('full-peer');
      names.push(name);
      await apply(BANK_A.namespace, [psiTask(consortium, name)]);
      await proposed(name, BANK_A, 180_000);
    };
    /** A block may still fit into what a file has left. */
    const untilFull = async (): Promise<void> => {
      for (let nth = 1; nth <= 20; nth++) {
        await write();
        if (await full()) return;
      }
      await until(full, 60_000, () => `${BANK_B.namespace} was to say that the volume of its peer is full`);
    };
    await withoutNodes(BANK_B, [PEER], () => limitFolder(folder, 128));
    try {
      await allServe();
      fillFolder(folder);
      await untilFull();
      await write();
      freeFolder(folder);
      const begun = performance.now();
      await allServe();
      t.diagnostic(`the peer serves again ${Math.round((performance.now() - begun) / 1000)} s after there was room`);
      await allProposedOnce(names);
      await verifies(BANK_B);
      assert.deepEqual(await transactionsOf(BANK_B), await transactionsOf(SUPERVISOR));
      const name = names.at(-1) ?? '';
      await approveAsBoth(name);
      await sameEnd(consortium, name);
    } finally {
      await withTasks(names, () => withoutNodes(BANK_B, [PEER], () => unlimitFolder(folder)));
    }
  });

  test("fabric fault: the clock of the proposer's operator is ten minutes ahead: endorsers refuse, the task names the clock, and goes on when it is right", async () => {
    const name = taskName('clock-operator');
    await withTasks([name], async () => {
      try {
        await shiftOperatorClock(BANK_A, 10 * MINUTE_MS);
        await apply(BANK_A.namespace, [psiTask(consortium, name)]);
        const named = (task: SeenTask): true | undefined => /ClockSkew: the clock of this operator .* too far apart; correct the clock of the node\. time: the proposal says /.test(saysOf(task)) || undefined;
        await eventually<SeenTask, true>(taskAt(BANK_A, name), 'was to name the clock', named, 120_000);
      } finally {
        await shiftOperatorClock(BANK_A, 0);
      }
      await approveAsBoth(name);
      await sameEnd(consortium, name);
    });
  });

  // The clock of a peer itself counts for no transaction: its contracts judge the time (docs/fabric-ledger.md, Time).
  test("fabric fault: the clock of one institution's contracts is ten minutes behind: the others endorse, the institution names the clock, and goes on when it is right", async () => {
    const name = taskName('clock-contracts');
    await withTasks([name], async () => {
      let decision: Promise<void> | undefined;
      try {
        await shiftContractsClock(BANK_B, -10 * MINUTE_MS);
        await apply(BANK_A.namespace, [psiTask(consortium, name)]);
        await approveAsA(name);
        decision = approveAsB(name);
        // Looked at below; until then a failure must not end the process.
        decision.catch(() => undefined);
        const named = async (): Promise<boolean> => (await list<Conditioned>(BANK_B.namespace, 'approvals')).some((approval) => /ClockSkew: .*time: the proposal says .*, this endorser .*; correct the clock/.test(saysOf(approval)));
        await until(named, 90_000, () => `an Approval of ${BANK_B.namespace} was to name the clock`);
      } finally {
        await shiftContractsClock(BANK_B, 0);
      }
      await decision;
      await sameEnd(consortium, name);
    });
  });
});

/** Whether a person who looks at a task would take it for failed or stuck. */
function showsFailure(task: SeenTask): boolean {
  const ready = task.status?.conditions?.find(({ type }) => type === 'Ready');
  return stalledOf(task) !== undefined || ['Failed', 'Cancelled', 'ApprovalReject'].includes(task.status?.phase ?? '') || /Unavailable|Stale|Refused|Timeout|Error|Conflict|Skew/.test(ready?.reason ?? '');
}

/** Whether the peer's container has ended since its pod was made. */
async function hasEnded(namespace: string): Promise<boolean> {
  const pod = await get<{ status?: { containerStatuses?: { restartCount: number; state?: { terminated?: object } }[] } }>(namespace, 'pod', `${PEER}-0`);
  return pod?.status?.containerStatuses?.some(({ restartCount, state }) => restartCount > 0 || state?.terminated !== undefined) === true;
}

/** Whether a condition of a network is False with these words. */
function says({ status }: SeenNetwork, type: string, words: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'False' && condition.message.includes(words)) === true;
}
