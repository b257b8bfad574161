import type { KubeObject } from '../../../runtime/index.ts';

interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: { exitCode?: number; reason?: string; message?: string; finishedAt?: string };
}

export interface ContainerStatus {
  name: string;
  image?: string;
  restartCount?: number;
  state?: ContainerState;
  /** How it ended before it was restarted. */
  lastState?: ContainerState;
}

/** The parts of a Pod that say how an attempt fares. */
export interface ComputePod extends KubeObject {
  spec?: { containers?: { name: string; image?: string }[]; initContainers?: { name: string; image?: string }[] };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    startTime?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

/** Why an attempt cannot go on, as `flows.fail` takes it. */
export interface AttemptFault {
  reason: string;
  message: string;
  retryable: boolean;
}

/** An image that has not come by then does not come, ms. */
const IMAGE_BOUND_MS = 120_000;
/** Waiting longer for a node keeps what the other party has reserved, ms. */
const SCHEDULE_BOUND_MS = 180_000;

const PULLING = ['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable', 'ImageInspectError'];
/** The node's reasons for ending a pod that did nothing wrong. */
const GIVEN_UP = ['Evicted', 'Preempting', 'NodeShutdown', 'Terminated'];
const NEVER_PULLED = ['ErrImageNeverPull', 'InvalidImageName', 'SignatureValidationFailed'];
const MISCONFIGURED = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'];

export function courierStatus(pod: ComputePod): ContainerStatus | undefined {
  return pod.status?.initContainerStatuses?.find(({ name }) => name === 'courier');
}

/** Whether the courier's process runs, so that it can be asked. */
export function courierRuns(pod: ComputePod): boolean {
  return courierStatus(pod)?.state?.running !== undefined;
}

/** What the courier wrote at its end, also before a restart: its receipt if all went well, else why not. */
export function terminationMessage(pod: ComputePod): string | undefined {
  const courier = courierStatus(pod);
  return (courier?.state?.terminated ?? courier?.lastState?.terminated)?.message;
}

/**
 * Judges a pod from outside. What the courier itself reports counts more, as long as it can be asked.
 *
 * @param now ms
 */
export function podFault(pod: ComputePod, now: number): AttemptFault | undefined {
  const starved = outOfMemory(pod);
  if (starved !== undefined) return starved;
  const courier = courierStatus(pod);
  if ((courier?.restartCount ?? 0) > 0) {
    return fault('COURIER_RESTARTED', 'the courier was restarted, which voids the attempt: its keys were in its memory only', true);
  }
  if (pod.status?.phase === 'Failed') return failedPod(pod);
  const waiting = containersOf(pod).find(({ state }) => state?.waiting !== undefined && blocks(state.waiting.reason));
  if (waiting !== undefined) return blockedContainer(pod, waiting, now);
  return unscheduled(pod, now);
}

function blocks(reason = ''): boolean {
  return [...PULLING, ...NEVER_PULLED, ...MISCONFIGURED].includes(reason);
}

function containersOf({ status }: ComputePod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function failedPod(pod: ComputePod): AttemptFault {
  const { reason = '', message } = pod.status ?? {};
  if (GIVEN_UP.includes(reason)) {
    return fault('POD_EVICTED', `the node gave the pod up: ${message ?? reason}; give the pods more room (Helm values compute.*) if it happens again`, true);
  }
  if (reason === 'DeadlineExceeded') return fault('POD_DEADLINE', 'the pod ran until its deadline', false);
  const ended = containersOf(pod).findLast(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
  return fault('ENGINE_ENDED', `container ${ended?.name ?? 'engine'} ended with exit code ${ended?.state?.terminated?.exitCode ?? '?'}; see kubectl logs ${pod.metadata.name} -c engine`, true);
}

/** Also of a courier that is being started again: it would end in the same way. */
function outOfMemory(pod: ComputePod): AttemptFault | undefined {
  const killed = containersOf(pod).find(({ state, lastState }) => [state, lastState].some((each) => each?.terminated?.reason === 'OOMKilled'));
  return killed && fault('OUT_OF_MEMORY', `container ${killed.name} needed more memory than its limit; raise the Helm value compute.${killed.name}.limits.memory`, false);
}

function blockedContainer(pod: ComputePod, { name, state, image }: ContainerStatus, now: number): AttemptFault | undefined {
  const { reason = '', message = '' } = state?.waiting ?? {};
  const wanted = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find((each) => each.name === name)?.image ?? image ?? '?';
  if (NEVER_PULLED.includes(reason)) {
    return fault('IMAGE_UNAVAILABLE', `image ${wanted} of container ${name} is not on the node (${reason}); load it there or change the Helm values images.*`, false);
  }
  if (now - since(pod) < IMAGE_BOUND_MS) return undefined;
  if (PULLING.includes(reason)) {
    return fault('IMAGE_UNAVAILABLE', `image ${wanted} of container ${name} cannot be pulled (${reason}: ${message.slice(0, 160)}); check its name, the registry and the Helm value images.pullSecrets`, true);
  }
  return fault('CONTAINER_NOT_STARTED', `container ${name} cannot be started (${reason}: ${message.slice(0, 200)})`, true);
}

function unscheduled(pod: ComputePod, now: number): AttemptFault | undefined {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False' || now - since(pod) < SCHEDULE_BOUND_MS) return undefined;
  return fault('POD_UNSCHEDULABLE', `no node has room for the pod: ${(scheduled.message ?? '').slice(0, 300)}; add room or lower the Helm values compute.*.requests`, true);
}

function since(pod: ComputePod): number {
  return Date.parse(pod.metadata.creationTimestamp ?? '') || Date.now();
}

function fault(reason: string, message: string, retryable: boolean): AttemptFault {
  return { reason, message: message.slice(0, 512), retryable };
}

/** What a pod that cannot be asked yet is busy with, for people. */
export function podProgress(pod: ComputePod): string {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') return `waits for a node: ${scheduled.message ?? ''}`;
  const waiting = containersOf(pod).find(({ state }) => state?.waiting !== undefined);
  if (waiting !== undefined) return `container ${waiting.name}: ${waiting.state?.waiting?.reason ?? 'waiting'}`;
  return 'is starting';
}
