import { CORE, WaitError, type KubeObject } from '../../../../runtime/index.ts';
import { nodeMaterialOf } from '../node-certificates.ts';
import { nodeConfigMap } from '../node-config.ts';
import { nodeFault, type NodePod } from '../node-fault.ts';
import { nodeName, type FabricNodePlan, type NodeKey } from '../node-plan.ts';
import { nodeService, roleDisruptionBudget } from '../node-service.ts';
import { isSnapshotPeer, snapshotPlan } from '../snapshot-volume.ts';
import { nodeStatefulSet, START_DIGEST_ANNOTATION } from '../node-workload.ts';
import type { FabricRun } from '../fabric-run.ts';

const RESTART_RECHECK_MS = 3_000;
const MOST_ORDERERS = 3;

interface Workload extends KubeObject {
  readonly spec: { readonly template: { readonly metadata?: { readonly annotations?: Record<string, string> } } };
  readonly status?: { readonly observedGeneration?: number; readonly readyReplicas?: number; readonly updateRevision?: string; readonly currentRevision?: string };
}

/** The orderers and the peers of this institution, with their certificates. */
export async function ensureNodes(fabric: FabricRun): Promise<void> {
  const { run, orderers, peers } = fabric;
  for (const key of [...orderers, ...peers]) await ensureNode(fabric, key);
  for (const nodes of [orderers, peers]) {
    const budget = nodes[0] && roleDisruptionBudget(nodes[0], nodes.length);
    if (budget !== undefined) await run.ctx.applier.apply(CORE.podDisruptionBudget, budget, { owner: run.network });
  }
}

async function ensureNode(fabric: FabricRun, key: NodeKey): Promise<void> {
  const { run } = fabric;
  const { applier } = run.ctx;
  const plan = await planOf(fabric, key);
  await applier.apply(CORE.configMap, nodeConfigMap(plan), { owner: run.network });
  await applier.apply(CORE.service, nodeService(plan), { owner: run.network });
  const wanted = nodeStatefulSet(plan) as Workload;
  const live = await run.ctx.client.find<Workload>(CORE.statefulSet, nodeName(key));
  // One that is down anyway, such as for a certificate that has expired, takes nobody's place by starting anew.
  const restarts = live !== undefined && digestOf(live) !== digestOf(wanted) && isReady(live);
  const hindrance = restarts ? await otherRestarts(fabric, key) : undefined;
  if (hindrance !== undefined) {
    fabric.problems.push(hindrance);
    return;
  }
  await applier.apply(CORE.statefulSet, wanted, { owner: run.network, live: live ?? null });
  if (live === undefined || isReady(live)) return;
  const fault = nodeFault(key, await run.ctx.client.find<NodePod>(CORE.pod, `${nodeName(key)}-0`));
  if (fault !== undefined) fabric.problems.push(fault);
}

async function planOf(fabric: FabricRun, key: NodeKey): Promise<FabricNodePlan> {
  const { config, fabric: addresses } = fabric.run.services;
  const { storage, resources } = config.fabric[key.role];
  const { size, storageClassName } = storage;
  return {
    ...key,
    mspId: fabric.mspId,
    address: addresses.node(key),
    advertised: addresses.advertised(key),
    ordererOverrides: key.role === 'peer' ? ordererOverrides(fabric) : [],
    ...(key.role === 'peer' && key.ordinal > 0 && { sibling: addresses.node({ ...key, ordinal: 0 }) }),
    image: config.images.fabric,
    config,
    storage: { size: String(size), ...(storageClassName !== '' && { storageClassName }) },
    keepsVolume: fabric.run.access !== undefined,
    resources,
    ...(isSnapshotPeer(key) && snapshotPlan(fabric)),
    material: await nodeMaterialOf(fabric, key),
  };
}

/** Also for orderers that come later: the peer need not restart for them. */
function ordererOverrides({ run }: FabricRun): FabricNodePlan['ordererOverrides'] {
  const { network, services } = run;
  if (network.spec.founding === undefined || network.spec.ledger.fabric?.external === undefined) return [];
  return Array.from({ length: MOST_ORDERERS }, (_, ordinal) => {
    const key: NodeKey = { network, role: 'orderer', ordinal };
    return { from: services.fabric.advertised(key), to: services.fabric.node(key) };
  });
}

/**
 * Two orderers of three that restart at once leave none to order, two peers of two none to endorse: a node restarts while all
 * others of its role are ready.
 *
 * @returns why it has to wait
 */
async function otherRestarts(fabric: FabricRun, key: NodeKey): Promise<WaitError | undefined> {
  const others = [...fabric.orderers, ...fabric.peers].filter(({ role, ordinal }) => role === key.role && ordinal !== key.ordinal);
  for (const other of others) {
    const name = nodeName(other);
    const workload = await fabric.run.ctx.client.find<Workload>(CORE.statefulSet, name);
    if (workload !== undefined && !isReady(workload)) {
      return new WaitError('FabricNodeRestarting', `${nodeName(key)} restarts for a new certificate or configuration as soon as ${name} is ready`, RESTART_RECHECK_MS);
    }
  }
  return undefined;
}

function isReady({ metadata, status }: Workload): boolean {
  return status?.observedGeneration === metadata.generation && status?.readyReplicas === 1 && status.updateRevision === status.currentRevision;
}

function digestOf({ spec }: Workload): string | undefined {
  return spec.template.metadata?.annotations?.[START_DIGEST_ANNOTATION];
}
