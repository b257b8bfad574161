import { ClusterProgram, get, kubectl, layout, resetTraffic, restoreTraffic, sleep, type DemoInstitution } from '@collabnet/hack';
import { BANK_B, SUPERVISOR } from '../fixture/institutions.ts';
import { leadingOrderer, nodePod } from '../support/fabric-nodes.ts';
import { scaleOperator, taskPods } from '../support/faults.ts';
import { until } from '../support/until.ts';
import { MOMENTS, type Fault, type FaultContext, type Moment, type Row } from './cell.ts';
import { cut, freezeContainers, HOLD_MS, killContainers, killPod, slow, SLOW_SHARE, slowContainers, trafficOf } from './pod-faults.ts';
import { containers, runningPod } from './pods.ts';
import type { WorkName } from './work.ts';

/** An attempt has pods from its reservation on. */
const OF_ATTEMPT: readonly Moment[] = MOMENTS.slice(MOMENTS.indexOf('reserve'));
/** A killed program of the node is started again after this time, as its service manager would. */
const RESTART_MS = 3_000;

type FindPod = () => ReturnType<typeof runningPod>;

function ofComponent(institution: DemoInstitution, component: string): FindPod {
  return () => runningPod(institution, `app.kubernetes.io/component=${component}`);
}

/** A part that a controller replaces: kill means that pod and processes are gone. */
function servicePod(name: string, title: string, institution: DemoInstitution, pod: FindPod, sparesPods = false): Row {
  return {
    name,
    title,
    moments: MOMENTS,
    sparesPods,
    actions: {
      kill: async () => killPod(institution, await pod()),
      freeze: async () => freezeContainers(containers(await pod())),
      cut: async () => cut(trafficOf(await pod())),
      slow: async () => slowContainers(containers(await pod())),
    },
  };
}

/** A container of bank B's attempt: kill means that its processes are gone, and the pod is there still. */
function attemptContainer(name: 'courier' | 'engine', title: string, work: WorkName = 'intersection'): Row {
  const pod = ({ flowId, step }: FaultContext): ReturnType<typeof runningPod> => runningPod(BANK_B, taskPods(flowId, step), name);
  return {
    name: work === 'intersection' ? name : `${work}-${name}`,
    title,
    work,
    moments: OF_ATTEMPT,
    actions: {
      kill: async (context) => killContainers(containers(await pod(context), name)),
      freeze: async (context) => freezeContainers(containers(await pod(context), name)),
      slow: async (context) => slowContainers(containers(await pod(context), name)),
      // The engine has no network but the courier's tunnel in its own pod.
      ...(name === 'courier' && { cut: async (context: FaultContext) => cut(trafficOf(await pod(context))) }),
    },
  };
}

const LEADER_LEASE = 'collabnet-operator';

/** Of two operators the one that leads. */
const leader: Row = {
  ...servicePod('leader', "leader of bank B's two operators", BANK_B, leadingPod, true),
  async before() {
    await kubectl(BANK_B.namespace, ['scale', 'deployment/operator', '--replicas=2']);
    await kubectl(BANK_B.namespace, ['rollout', 'status', 'deployment/operator', '--timeout=90s']);
  },
  after: () => scaleOperator(BANK_B, 1),
};

async function leadingPod(): ReturnType<typeof runningPod> {
  const holder = await until(
    async () => (await get<{ spec?: { holderIdentity?: string } }>(BANK_B.namespace, 'lease', LEADER_LEASE))?.spec?.holderIdentity || undefined,
    30_000,
    () => `lease ${LEADER_LEASE} was to have a holder`,
  );
  const pod = await get<Awaited<ReturnType<typeof runningPod>>>(BANK_B.namespace, 'pod', holder);
  if (pod === undefined) throw new Error(`the holder ${holder} of lease ${LEADER_LEASE} is no pod`);
  return pod;
}

/** The connection of bank B's server to the hub, control and data alike. */
const leafLink: Row = {
  name: 'leaf-link',
  title: 'link between the NATS server of bank B and the hub',
  moments: MOMENTS,
  actions: {
    kill: () => Promise.resolve({ holdMs: 1_000, begin: async () => resetTraffic(await leafTraffic()), end: restoreTraffic }),
    cut: async () => cut(await leafTraffic()),
    slow: async () => slow(await leafTraffic()),
  },
};

async function leafTraffic(): Promise<string[]> {
  const { status } = await runningPod(BANK_B, 'app.kubernetes.io/component=nats');
  return [`ip saddr ${status.podIP} tcp dport 7422`, `ip daddr ${status.podIP} tcp sport 7422`];
}

/** A program of the node itself. */
function clusterProgram(name: 'kubelet' | 'kube-apiserver' | 'etcd', title: string, port?: number): Row {
  const program = new ClusterProgram(name);
  const held = (begin: () => void, end: () => void | Promise<void>, holdMs = HOLD_MS): Fault => ({ holdMs, begin: () => Promise.resolve(begin()), end: async () => end() });
  return {
    name,
    title,
    moments: MOMENTS,
    wholeNode: true,
    blocksApi: name !== 'kubelet',
    actions: {
      kill: () => Promise.resolve(held(() => program.kill(), () => program.start(), RESTART_MS)),
      freeze: () => Promise.resolve(held(() => program.freeze(), () => program.thaw())),
      slow: () => Promise.resolve(held(() => program.throttle(SLOW_SHARE), () => program.unthrottle())),
      ...(port !== undefined && { cut: () => Promise.resolve(cut([`tcp dport ${port}`, `tcp sport ${port}`])) }),
    },
    // The other programs of the node have to find their way back, too.
    after: () => sleep(name === 'kubelet' ? 0 : 2_000),
  };
}

/** Parts that are ended, frozen, cut off and slowed; of two equal parts always bank B's. */
export const ROWS: readonly Row[] = [
  servicePod('operator', "bank B's operator", BANK_B, ofComponent(BANK_B, 'operator'), true),
  leader,
  attemptContainer('courier', 'courier of bank B'),
  attemptContainer('engine', 'engine of bank B'),
  attemptContainer('courier', 'courier of bank B, of a cardinality by the engine for sets', 'cardinality'),
  attemptContainer('engine', 'engine for sets of bank B', 'cardinality'),
  attemptContainer('courier', 'courier of bank B, of a training on shares', 'training'),
  attemptContainer('engine', 'engine of bank B, of a training on shares', 'training'),
  servicePod('data-proxy', 'data proxy of bank B', BANK_B, ofComponent(BANK_B, 'data-proxy')),
  servicePod('nats', 'NATS server of bank B', BANK_B, ofComponent(BANK_B, 'nats')),
  servicePod('hub', 'hub (NATS server of the network)', SUPERVISOR, ofComponent(SUPERVISOR, 'nats-hub')),
  leafLink,
  { ...servicePod('ledger', 'embedded ledger', SUPERVISOR, ofComponent(SUPERVISOR, 'embedded-ledger')), driver: 'embedded' },
  { ...servicePod('fabric-peer', 'Fabric peer of bank B', BANK_B, ofComponent(BANK_B, 'fabric-peer')), driver: 'fabric' },
  { ...servicePod('fabric-chaincode', 'contracts of bank B', BANK_B, ofComponent(BANK_B, 'fabric-chaincode')), driver: 'fabric' },
  { ...servicePod('fabric-orderer', 'leader of the three orderers', SUPERVISOR, async () => nodePod(SUPERVISOR, await leadingOrderer())), driver: 'fabric' },
  clusterProgram('kubelet', 'kubelet'),
  clusterProgram('kube-apiserver', 'API server', layout.apiPort),
  clusterProgram('etcd', 'etcd', layout.etcdPort),
];
