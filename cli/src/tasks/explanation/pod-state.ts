import type { CoreV1Event, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';

/** The own compute pod, as somebody who waits for it wants to know it. */
export interface PodState {
  readonly name: string;
  readonly phase: string;
  readonly node?: string;
  /** Why it does not run, in a sentence; absent when it does. */
  readonly blockedBy?: string;
  /** Warnings of the last events, newest first. */
  readonly warnings: readonly string[];
}

const MOST_WARNINGS = 3;

/** @param pod undefined when it is not there (any more) */
export function podState(name: string, pod: V1Pod | undefined, events: readonly CoreV1Event[]): PodState {
  const warnings = events
    .filter(({ type }) => type === 'Warning')
    .sort((a, b) => timeOf(b) - timeOf(a))
    .slice(0, MOST_WARNINGS)
    .map(({ reason, message, count }) => `${reason ?? 'Warning'}: ${message ?? ''}${(count ?? 1) > 1 ? ` (${count} times)` : ''}`);
  if (pod === undefined) return { name, phase: 'Missing', blockedBy: 'it is not there (yet, or any more)', warnings };
  const blockedBy = blockageOf(pod);
  const { nodeName } = pod.spec ?? {};
  return { name, phase: pod.status?.phase ?? 'Unknown', ...(nodeName === undefined ? {} : { node: nodeName }), ...(blockedBy === undefined ? {} : { blockedBy }), warnings };
}

function blockageOf({ status, metadata }: V1Pod): string | undefined {
  if (metadata?.deletionTimestamp !== undefined) return 'it is being deleted';
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') return `no node takes it: ${scheduled.message ?? scheduled.reason ?? ''}`;
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const ended = containers.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
  if (ended !== undefined) return `container ${ended.name} ended: ${ended.state?.terminated?.reason ?? ''} (exit code ${ended.state?.terminated?.exitCode})`;
  const waiting = containers.find(({ state }) => state?.waiting !== undefined);
  return waiting && waitingText(waiting);
}

function waitingText({ name, image, state }: V1ContainerStatus): string {
  const { reason = 'waiting', message } = state?.waiting ?? {};
  const what = /Image|Pull/.test(reason) ? ` (image ${image})` : '';
  return `container ${name}: ${reason}${what}${message === undefined ? '' : `: ${message}`}`;
}

function timeOf({ lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  return new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();
}
