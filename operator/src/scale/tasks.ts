import { API_VERSION, type Approval, type ComputeTask } from '@collabnet/crds';
import type { FlowRecord } from '@collabnet/contracts';
import { digestOf, newNonce } from '@collabnet/envelope';
import { buildProposal, flowSpecFromTask } from '@collabnet/flow';
import { flowStatus } from '../controllers/compute-task/build/status.ts';
import { finishTask } from '../controllers/compute-task/steps/finish-task.ts';
import { APPROVAL, COMPUTE_TASK, DATA_ASSET } from '../controllers/kinds.ts';
import { StalledError, summarise, type ConditionedStatus, type KubeObject } from '../runtime/index.ts';
import { follow, until } from './follower.ts';
import { each } from './pool.ts';
import { NAMESPACE, NETWORK } from './names.ts';
import { taskManifest } from './task-manifest.ts';
import type { World } from './world.ts';

/** How many requests, or unfinished transactions, the bench keeps going at a time. */
const AT_ONCE = 16;

/** The own asset that tasks read, so that the operator does not withdraw it; its proxy never runs. */
export async function offerAsset(world: World): Promise<void> {
  await world.client.create(DATA_ASSET, {
    metadata: { name: 'customers' },
    spec: {
      networkRef: { name: NETWORK },
      displayName: 'Customers',
      source: { file: { claimName: 'data', path: 'customers.csv', format: 'CSV' } },
      columns: [{ name: 'id', type: 'String', role: 'Identifier', publish: true }],
      classification: { jrtLevel: 3, nationalClass: 'General', personalInformation: true },
      lawfulBasis: { basis: 'PublicInterest', purpose: 'fraud screening' },
    },
  } as KubeObject);
}

/** What `kubectl collabnet refuse` makes: the refusal of a proposed task, signed by bank A's data manager. */
export async function refusal(world: World, task: ComputeTask): Promise<Approval> {
  const subject = { kind: 'Flow' as const, id: task.status?.flowID ?? '', digest: task.status?.specDigest ?? '' };
  const { payload, signature } = await world.network.signConsent(world.network.founder.manager, 'Flow', subject, { decision: 'Refuse', expires: Date.now() + 3_600_000 });
  const { did, keyId } = world.network.founder.manager;
  const spec = { networkRef: { name: NETWORK }, subject, decision: 'Refuse', reason: 'tested', signer: did, keyID: keyId, nonce: payload.nonce, expires: new Date(payload.expires).toISOString(), signature };
  return { apiVersion: API_VERSION, kind: 'Approval', metadata: { name: `refuse-${task.metadata.name}` }, spec } as Approval;
}

/** Names of seeded tasks: `seed-<n>`. */
export const seedName = (index: number): string => `seed-${index}`;

/**
 * Writes `count` tasks that a person refused: two transactions each in the ledger's file, and the finished object with
 * the status that the operator gives it. Before {@link World.serve}, within {@link World.withStatusInTasks}.
 */
export async function seedFinished(world: World, from: number, count: number, onDone: (done: number) => void = () => undefined): Promise<void> {
  const indexes = Array.from({ length: count }, (_, index) => from + index);
  let done = 0;
  await each(indexes, AT_ONCE, async (index) => {
    const manifest = taskManifest(world, seedName(index));
    const flow = await seedFlow(world, manifest);
    await create(world, manifest, await statusOf(world, manifest, flow));
    done += 1;
    if (done % 1_000 === 0) onDone(done);
  });
}

/** The same objects without their flows on the ledger: copies of one seeded task. For sizes at which the objects alone count. */
export async function seedObjects(world: World, from: number, count: number): Promise<void> {
  const { status: model } = await world.client.get<ComputeTask>(COMPUTE_TASK, seedName(0));
  const indexes = Array.from({ length: count }, (_, index) => from + index);
  await each(indexes, AT_ONCE, async (index) => {
    await create(world, taskManifest(world, seedName(index)), { ...model, flowID: digestOf(['seed', index]) });
  });
}

async function create(world: World, manifest: ComputeTask, status: object): Promise<void> {
  await world.client.create<ComputeTask>(COMPUTE_TASK, { ...manifest, status }, { fieldManager: 'collabnet-operator' });
}

async function seedFlow(world: World, { metadata, spec }: ComputeTask): Promise<FlowRecord> {
  const { network, peer } = world;
  const { founder } = network;
  const proposal = buildProposal({ network: network.id, proposer: founder.did, namespacedName: `${NAMESPACE}/${metadata.name}`, spec: flowSpecFromTask(spec), salt: Buffer.from(newNonce()), now: Date.now() });
  const sealed = network.seal('flows', 'propose', proposal.sealed, [founder, peer]);
  await network.send(founder, 'flows.propose', proposal.public, sealed);
  return network.consent<FlowRecord>(founder.manager, 'Flow', { id: proposal.public.flowId, digest: proposal.public.specDigest }, { decision: 'Refuse' });
}

/** The operator's own builders, so that it finds nothing to change. */
async function statusOf(world: World, { spec }: ComputeTask, flow: FlowRecord): Promise<object> {
  const sealed = { spec: flowSpecFromTask(spec), salt: '', name: '' };
  const { items: steps } = await world.network.query<{ items: Parameters<typeof flowStatus>[0]['steps'] }>('flows.steps', { flowId: flow.flowId });
  const status = { ...flowStatus({ flow, steps, receipts: [], sealed, self: world.network.founder.did, sharedCluster: true, known: [] }) } as ConditionedStatus;
  try {
    finishTask({ flow: { record: flow, steps, sealed } } as unknown as Parameters<typeof finishTask>[0]);
  } catch (error) {
    if (!(error instanceof StalledError)) throw error;
    summarise(status, 1, { kind: 'stalled', reason: error.reason, message: error.message }, Date.now());
  }
  return status;
}

/** Creates tasks, refuses each as soon as it is proposed, and waits until all have ended. @returns ms */
export async function runToRefusal(world: World, names: readonly string[], timeoutMs: number): Promise<number> {
  const informer = await follow<ComputeTask>(world.client, COMPUTE_TASK);
  const open = new Set(names);
  const asked = new Set<string>();
  const refusing: Promise<void>[] = [];
  const started = performance.now();
  const refuse = async (task: ComputeTask): Promise<void> => void (await world.client.create<Approval>(APPROVAL, await refusal(world, task)));
  const off = informer.on({
    update: (task) => {
      const { name } = task.metadata;
      if (!open.has(name)) return;
      if (task.status?.phase === 'ApprovalReject') open.delete(name);
      else if (task.status?.specDigest !== undefined && !asked.has(name)) {
        asked.add(name);
        refusing.push(refuse(task));
      }
    },
  });
  try {
    await each(names, AT_ONCE, async (name) => void (await world.client.create(COMPUTE_TASK, taskManifest(world, name))));
    await until(informer, `the end of ${names.length} tasks`, () => open.size === 0, timeoutMs);
    const ms = performance.now() - started;
    await Promise.all(refusing);
    return ms;
  } finally {
    off();
    await informer.stop();
  }
}

/** Creates tasks and waits until all are proposed on the ledger. @returns ms */
export async function runToProposal(world: World, names: readonly string[], timeoutMs: number): Promise<number> {
  const informer = await follow<ComputeTask>(world.client, COMPUTE_TASK);
  try {
    const open = new Set(names);
    const started = performance.now();
    const off = informer.on({ update: ({ metadata, status }) => void (status?.specDigest !== undefined && open.delete(metadata.name)) });
    await each(names, AT_ONCE, async (name) => void (await world.client.create(COMPUTE_TASK, taskManifest(world, name))));
    await until(informer, `the proposal of ${names.length} tasks`, () => open.size === 0, timeoutMs);
    off();
    return performance.now() - started;
  } finally {
    await informer.stop();
  }
}
