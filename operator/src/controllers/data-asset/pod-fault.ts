import { StalledError, WaitError, type KubeObject } from '../../runtime/index.ts';

interface Terminated {
  exitCode: number;
  reason?: string;
  message?: string;
}

export interface ProxyPod extends KubeObject {
  status?: {
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: {
      image: string;
      restartCount: number;
      state?: { running?: object; waiting?: { reason?: string; message?: string }; terminated?: Terminated };
      lastState?: { terminated?: Terminated };
    }[];
  };
}

const IMAGE_REASONS = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName', 'ImageInspectError']);
const LOOK_AGAIN_MS = 10_000;
const MAX_MESSAGE = 600;

type Container = NonNullable<NonNullable<ProxyPod['status']>['containerStatuses']>[number];
type Fault = StalledError | WaitError | undefined;

/**
 * Why a pod of a data proxy does not get ready, if it can be told. What the cluster may mend by itself is waited for;
 * an image that is not there is for a person. Both end with the next change of the Deployment.
 */
export function podFault({ metadata: { name }, status }: ProxyPod): Fault {
  const container = status?.containerStatuses?.[0];
  if (container !== undefined) return notStarted(name, container) ?? ended(name, container);
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  return new WaitError('ProxyUnschedulable', `pod ${name} fits on no node: ${short(scheduled.message)}`, LOOK_AGAIN_MS);
}

function notStarted(name: string, { image, state }: Container): Fault {
  const reason = state?.waiting?.reason;
  if (reason === undefined) return undefined;
  const why = `${reason}: ${short(state?.waiting?.message)}`;
  if (IMAGE_REASONS.has(reason)) return new StalledError('ProxyImageUnavailable', `pod ${name}: image ${image} cannot be had (${why}); check images.node and images.pullSecrets of the chart`);
  if (!reason.startsWith('CreateContainer') && reason !== 'RunContainerError') return undefined;
  return new WaitError('ProxyNotCreated', `pod ${name}: ${why}`, LOOK_AGAIN_MS);
}

function ended(name: string, { state, lastState, restartCount }: Container): Fault {
  const last = state?.terminated ?? lastState?.terminated;
  // One that runs again is given its time; only one that was stopped for crashing is called so.
  if (last === undefined || state?.running !== undefined) return undefined;
  const why = last.reason === 'OOMKilled' ? 'it ran out of memory; raise dataProxy.resources.limits.memory of the chart' : short(lastLine(last.message));
  return new WaitError('ProxyCrashing', `pod ${name} ended with code ${last.exitCode}, ${restartCount} restarts: ${why}`, LOOK_AGAIN_MS);
}

function lastLine(text: string | undefined): string | undefined {
  return text?.trimEnd().split('\n').at(-1);
}

function short(text: string | undefined): string {
  if (text === undefined || text === '') return 'no reason given; see its log';
  return text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text;
}
