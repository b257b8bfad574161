import { ContainerCgroup, kubectl, list, type DemoInstitution } from '@collabnet/hack';
import { until } from '../support/until.ts';

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly restartCount?: number;
  readonly state?: { readonly running?: object };
}

export interface RunningPod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status?: { readonly podIP?: string; readonly containerStatuses?: ContainerStatus[]; readonly initContainerStatuses?: ContainerStatus[] };
}

/** What serves, without the pods of tasks. */
const SERVICES = 'app.kubernetes.io/part-of=collabnet,!collabnet.dev/task';

/** The pod with this label, once it has an address and its container runs. */
export function runningPod({ namespace }: DemoInstitution, selector: string, container?: string): Promise<RunningPod & { status: { podIP: string } }> {
  return until(
    async () => {
      const pods = await list<RunningPod>(namespace, 'pods', selector);
      return pods.find((pod): pod is RunningPod & { status: { podIP: string } } => pod.status?.podIP !== undefined && pod.metadata.deletionTimestamp === undefined && containers(pod, container).length > 0);
    },
    60_000,
    () => `${namespace} was to have a running pod ${selector} ${container ?? ''}`,
  );
}

/** The running containers of a pod, or the one of this name. */
export function containers(pod: RunningPod, name?: string): ContainerCgroup[] {
  const all = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const running = all.filter((one) => one.state?.running !== undefined && one.containerID !== undefined && (name === undefined || one.name === name));
  return running.map(({ containerID }) => new ContainerCgroup(containerID ?? ''));
}

/**
 * Makes pods anew whose containers were started again: the kubelet waits longer from restart to restart, and what one
 * cell did must not slow the next.
 */
export async function renewRestarted({ namespace }: DemoInstitution): Promise<void> {
  const pods = await list<RunningPod>(namespace, 'pods', SERVICES);
  const restarted = pods.filter(({ status }) => status?.containerStatuses?.some(({ restartCount = 0 }) => restartCount > 0)).map(({ metadata }) => metadata.name);
  if (restarted.length === 0) return;
  await kubectl(namespace, ['delete', 'pod', ...restarted, '--ignore-not-found', '--timeout=60s']);
  await kubectl(namespace, ['wait', 'pod', '--selector', SERVICES, '--for=condition=Ready', '--timeout=120s']);
}

/** Removes the object of a pod as a lost node would: without a word to its processes. */
export async function forget({ namespace }: DemoInstitution, pod: RunningPod): Promise<void> {
  await kubectl(namespace, ['delete', 'pod', pod.metadata.name, '--grace-period=0', '--force', '--wait=false']);
}
