import type { CollabNetwork } from '@collabnet/crds';
import { apply, get, kubectl, list, NETWORK, waitReady, type DemoInstitution } from '@collabnet/hack';
import { INSTITUTIONS, SUPERVISOR } from '../fixture/institutions.ts';
import { killPod } from '../fault-table/pod-faults.ts';
import { runningPod, type RunningPod } from '../fault-table/pods.ts';
import { networkOf } from './algorithms.ts';
import type { Conditioned } from './conditions.ts';
import { cluster, eventually } from './objects.ts';
import { until } from './until.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';
/** StatefulSets of the supervisor's orderers, the only ones of the network. */
export const ORDERERS: readonly string[] = [0, 1, 2].map((ordinal) => `fabric-${NETWORK}-orderer-${ordinal}`);
/** StatefulSet of the peer that every institution has. */
export const PEER = `fabric-${NETWORK}-peer-0`;
/** Claim of the peer's volume. */
export const PEER_CLAIM = `data-${PEER}-0`;

/** A network on Fabric as a test wants to see it. */
export type SeenNetwork = CollabNetwork & Conditioned;

/** The pod of a StatefulSet of one node. */
export function nodePod(institution: DemoInstitution, name: string): ReturnType<typeof runningPod> {
  return runningPod(institution, `statefulset.kubernetes.io/pod-name=${name}-0`);
}

/** The pod of an institution's contracts. */
export function contractsPod(institution: DemoInstitution): Promise<RunningPod> {
  return runningPod(institution, 'app.kubernetes.io/component=fabric-chaincode');
}

/** Ends a pod and its processes at once; its controller makes another. */
export function kill(institution: DemoInstitution, pod: RunningPod): Promise<void> {
  return killPod(institution, pod).begin();
}

/** StatefulSet of the orderer that leads. */
export function leadingOrderer(): Promise<string> {
  return eventually<SeenNetwork, string>(networkOf(SUPERVISOR), 'was to show which orderer leads', ({ status }) => status?.fabric?.leader, 120_000);
}

/** Ends nodes at once, and lets nothing come in their place while the work lasts. */
export async function withoutNodes(institution: DemoInstitution, names: readonly string[], work: () => Promise<void>): Promise<void> {
  const { namespace } = institution;
  const pods = names.map((name) => `${name}-0`);
  const refusal = podRefusal(namespace, pods);
  try {
    await apply(namespace, refusal);
    for (const pod of pods) await until(() => isRefused(namespace, pod), 30_000, () => `the API server was to refuse pod ${namespace}/${pod}`);
    for (const name of names) await kill(institution, await nodePod(institution, name));
    for (const pod of pods) await until(async () => (await get(namespace, 'pod', pod)) === undefined, 60_000, () => `${namespace}/${pod} was to be away`);
    await work();
  } finally {
    for (const { kind, metadata } of refusal) await cluster(['delete', kind, metadata.name, '--ignore-not-found']);
  }
}

/** Scaled down, the operator would scale them up again; so their pods are refused, as where no node is left for them. */
function podRefusal(namespace: string, pods: readonly string[]): { kind: string; metadata: { name: string } }[] {
  const metadata = { name: `${namespace}-away` };
  const kind = 'ValidatingAdmissionPolicy';
  const policy = {
    apiVersion: ADMISSION,
    kind,
    metadata,
    spec: {
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      validations: [{ expression: `!(object.metadata.name in ${JSON.stringify(pods)})`, message: 'held away by a test' }],
    },
  };
  const binding = { apiVersion: ADMISSION, kind: `${kind}Binding`, metadata, spec: { policyName: metadata.name, validationActions: ['Deny'] } };
  return [policy, binding];
}

/** Policies are looked up anew by the API server every second or so. */
async function isRefused(namespace: string, pod: string): Promise<boolean> {
  const securityContext = { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } };
  const probe = { apiVersion: 'v1', kind: 'Pod', metadata: { name: pod, namespace }, spec: { containers: [{ name: 'probe', image: 'none', securityContext }] } };
  const { stderr } = await kubectl(namespace, ['create', '--dry-run=server', '-f', '-'], { input: JSON.stringify(probe), allowFailure: true });
  return stderr.includes('held away by a test');
}

/** Deletes the volume of an institution's peer, and the peer with it. @returns once it has another volume */
export async function losePeer(institution: DemoInstitution): Promise<void> {
  const { namespace } = institution;
  const volume = async (): Promise<string | undefined> => (await get<{ metadata: { uid: string } }>(namespace, 'persistentvolumeclaim', PEER_CLAIM))?.metadata.uid;
  const lost = await volume();
  const pod = await nodePod(institution, PEER);
  await kubectl(namespace, ['delete', 'persistentvolumeclaim', PEER_CLAIM, '--wait=false']);
  await kill(institution, pod);
  await until(async () => ![undefined, lost].includes(await volume()), 120_000, () => `${namespace}/${PEER_CLAIM} was to be made anew`);
}

/** Waits until all orderers take part, one leads, and every institution follows the ledger. */
export async function allServe(): Promise<void> {
  for (const { namespace } of INSTITUTIONS) {
    for (const { metadata } of await list<{ metadata: { name: string } }>(namespace, 'statefulsets', 'app.kubernetes.io/part-of=collabnet')) {
      await kubectl(namespace, ['rollout', 'status', `statefulset/${metadata.name}`, '--timeout=180s']);
    }
  }
  const look = ({ status }: SeenNetwork): true | undefined => {
    const { orderers = [], leader } = status?.fabric ?? {};
    return (orderers.length === ORDERERS.length && orderers.every(({ state }) => state === 'active') && leader !== undefined) || undefined;
  };
  await eventually<SeenNetwork, true>(networkOf(SUPERVISOR), 'was to show three active orderers and who leads', look, 180_000);
  for (const { namespace } of INSTITUTIONS) await waitReady(namespace, 'collabnetwork', NETWORK, 180_000);
}

/** Transactions that an institution's peer has found in conflict with another since it started. */
export async function conflictsAt({ namespace }: DemoInstitution): Promise<number> {
  const { stdout } = await cluster(['get', '--raw', `/api/v1/namespaces/${namespace}/services/${PEER}:health/proxy/metrics`]);
  const counted = stdout.split('\n').filter((line) => line.startsWith('ledger_transaction_count{') && /validation_code="(MVCC_READ_CONFLICT|PHANTOM_READ_CONFLICT)"/.test(line));
  return counted.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
