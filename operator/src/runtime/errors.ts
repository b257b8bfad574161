import { scrub } from '@collabnet/telemetry';
import { isKubeError } from './kube-error.ts';

/** A reason as metav1.Condition accepts it: CamelCase. */
const REASON = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;

function checkReason(reason: string): string {
  if (!REASON.test(reason))
    throw new TypeError(`reason ${JSON.stringify(reason)} must be CamelCase letters and digits`);
  return reason;
}

/**
 * The user must act: the object is marked `Stalled` and looked at again when it changes,
 * and otherwise only at the slow recheck.
 */
export class StalledError extends Error {
  override readonly name = 'StalledError';
  readonly code = 'STALLED';
  readonly reason: string;

  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = checkReason(reason);
  }
}

/** Something else must happen first: the object stays `Reconciling` and is looked at again after the given time. */
export class WaitError extends Error {
  override readonly name = 'WaitError';
  readonly code = 'WAITING';
  readonly reason: string;
  readonly requeueAfterMs: number;

  constructor(reason: string, message: string, requeueAfterMs: number, options?: ErrorOptions) {
    super(message, options);
    if (!(requeueAfterMs >= 0)) throw new TypeError(`requeueAfterMs ${requeueAfterMs} must be 0 or more milliseconds`);
    this.reason = checkReason(reason);
    this.requeueAfterMs = requeueAfterMs;
  }
}

/** This process is not the leader any more; it must end at once. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';
  readonly code = 'LEADERSHIP_LOST';
}

const MAX_MESSAGE = 512;

/** Reason and message of an unforeseen error, fit for a status that anyone may read: scrubbed and short. */
export function describeError(error: unknown): { reason: string; message: string } {
  const message = error instanceof Error ? error.message : 'unknown failure';
  const reason = isKubeError(error) ? kubeReason(error.code) : 'InternalError';
  const text = scrub(message).replace(/\s+/g, ' ').trim();
  return { reason, message: text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE - 1)}…` : text };
}

function kubeReason(code: string): string {
  switch (code) {
    case 'KUBE_FORBIDDEN':
    case 'KUBE_UNAUTHORIZED':
      return 'KubernetesForbidden';
    case 'KUBE_INVALID':
    case 'KUBE_BAD_REQUEST':
      return 'KubernetesRejected';
    case 'KUBE_UNAVAILABLE':
    case 'KUBE_TIMEOUT':
    case 'KUBE_THROTTLED':
      return 'KubernetesUnavailable';
    default:
      return 'InternalError';
  }
}
