import { API_VERSION, ANNOTATION_PROPOSED_AS, LABEL_TASK, type CollabNetwork, type ComputeTask, type ComputeTaskSpecInput } from '@collabnet/crds';
import type { WireProfile } from '@collabnet/flow';
import { collabnet, kubectl } from '../demo/cluster.ts';
import { apply, get, list } from '../demo/objects.ts';
import { BANK_A, BANK_B, INSTITUTIONS, NETWORK, type DemoInstitution } from '../demo/institutions.ts';
import type { Manifest } from '../demo/manifests.ts';
import { HackError } from '../lib/hack-error.ts';
import { waitFor } from '../lib/run.ts';

/** What is intersected: an asset of the same name at both banks, and each bank's names for the key. */
export interface Intersection {
  readonly asset: string;
  readonly keys: { readonly a: string[]; readonly b: string[] };
  readonly wireProfile: WireProfile;
  /** Column of bank A that is joined to its result. */
  readonly payload: string;
}

/** A task that only waits for bank B's consent. */
export interface WaitingTask {
  readonly name: string;
  readonly flowId: string;
  /** Its name at bank B. */
  readonly mirror: string;
}

/** Long enough for a second attempt on a busy machine. */
const WAIT_MS = 300_000;
/** The bench reads its figures from ledger and receipts, so that it need not look often and disturb what it measures. */
const LOOK_MS = 1_000;
const ENDS = ['Failed', 'Cancelled', 'ApprovalReject'];

/** Bank A proposes and consents. */
export async function propose(what: Intersection, name: string): Promise<WaitingTask> {
  return proposeSteps([intersectionStep(what)], what.wireProfile, name);
}

/** The same with any steps of the parties `a` and `b`. */
export async function proposeSteps(steps: ComputeTaskSpecInput['steps'], wireProfile: WireProfile, name: string): Promise<WaitingTask> {
  await apply(BANK_A.namespace, [await manifestOf(steps, wireProfile, name)]);
  await waitFor(`the proposal of ${name}`, async () => isProposed(await get<ComputeTask>(BANK_A.namespace, 'computetask', name)), WAIT_MS, LOOK_MS);
  await approve(BANK_A, name);
  let mirror: ComputeTask | undefined;
  await waitFor(`the proposal of ${name} at ${BANK_B.displayName}`, async () => isProposed((mirror = await mirrorAt(BANK_B, name))), WAIT_MS, LOOK_MS);
  return { name, flowId: mirror?.status?.flowID ?? '', mirror: mirror?.metadata.name ?? '' };
}

/** Bank B consents: the last approval. */
export function consent({ mirror }: WaitingTask): Promise<void> {
  return approve(BANK_B, mirror);
}

/**
 * Waits until bank A sees the task in one of the phases.
 * @throws HackError NOT_READY when it ends in another way, with its reason
 */
export async function reach(name: string, phases: readonly string[], longestMs = WAIT_MS): Promise<void> {
  await waitFor(
    `task ${name}`,
    async () => {
      const { phase = '', conditions = [] } = (await get<ComputeTask>(BANK_A.namespace, 'computetask', name))?.status ?? {};
      if (ENDS.includes(phase)) throw new HackError('NOT_READY', `task ${name} ended as ${phase}: ${conditions.find(({ type }) => type === 'Ready')?.message ?? 'no message'}`);
      return phases.includes(phase);
    },
    longestMs,
    LOOK_MS,
  );
}

/** Waits until neither bank has a pod of the task, so that the next measurement does not pay for its end. */
export async function podsGone({ name, flowId }: WaitingTask): Promise<void> {
  const left = async ({ namespace }: DemoInstitution): Promise<number> => (await list(namespace, 'pods', `${LABEL_TASK}=${flowId.slice(0, 32)}`)).length;
  await waitFor(`the end of the pods of ${name}`, async () => (await left(BANK_A)) + (await left(BANK_B)) === 0, WAIT_MS, LOOK_MS);
}

/** Deletes tasks and what the other institutions saw of them; the ledger keeps its record. */
export async function removeTasks(names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await kubectl(BANK_A.namespace, ['delete', 'computetask', ...names, '--ignore-not-found', '--timeout=90s']);
  for (const institution of INSTITUTIONS.filter((each) => each !== BANK_A)) {
    const mirrors = (await tasksAt(institution)).filter((task) => names.some((name) => isMirrorOf(task, name))).map(({ metadata }) => metadata.name);
    if (mirrors.length > 0) await kubectl(institution.namespace, ['delete', 'computetask', ...mirrors, '--ignore-not-found', '--timeout=90s']);
  }
}

async function approve(bank: DemoInstitution, target: string): Promise<void> {
  await collabnet(bank.namespace, ['approve', target, '--key', bank.person.name, '--reason', 'agreed for the bench', '--yes']);
}

function tasksAt({ namespace }: DemoInstitution): Promise<ComputeTask[]> {
  return list<ComputeTask>(namespace, 'computetasks');
}

async function mirrorAt(institution: DemoInstitution, name: string): Promise<ComputeTask | undefined> {
  return (await tasksAt(institution)).find((task) => isMirrorOf(task, name));
}

function isMirrorOf(task: ComputeTask, name: string): boolean {
  return task.metadata.annotations?.[ANNOTATION_PROPOSED_AS] === `${BANK_A.namespace}/${name}`;
}

function isProposed(task: ComputeTask | undefined): boolean {
  return task?.status?.flowID !== undefined && task.status.specDigest !== undefined;
}

async function didOf({ namespace }: DemoInstitution): Promise<string> {
  return (await get<CollabNetwork>(namespace, 'collabnetwork', NETWORK))?.status?.did ?? '';
}

function intersectionStep({ asset, keys, payload }: Intersection): ComputeTaskSpecInput['steps'][number] {
  return {
    name: 'intersect',
    algorithm: { name: 'psi', version: '1.0.0' },
    roles: { compute: ['a', 'b'], receivers: ['a'] },
    inputs: [
      { name: 'left', party: 'a', asset, keys: keys.a, columns: [payload] },
      { name: 'right', party: 'b', asset, keys: keys.b },
    ],
    parameters: { protocol: 'RR22' },
    outputs: [{ name: 'result', receivers: ['a'] }],
  };
}

async function manifestOf(steps: ComputeTaskSpecInput['steps'], wireProfile: WireProfile, name: string): Promise<Manifest & { spec: ComputeTaskSpecInput }> {
  const spec: ComputeTaskSpecInput = {
    networkRef: { name: NETWORK },
    purpose: 'bench',
    trustModel: 'TwoPartySemiHonest',
    wireProfile,
    timeout: '4h',
    parties: [
      { name: 'a', did: await didOf(BANK_A) },
      { name: 'b', did: await didOf(BANK_B) },
    ],
    steps,
  };
  return { apiVersion: API_VERSION, kind: 'ComputeTask', metadata: { name }, spec };
}
