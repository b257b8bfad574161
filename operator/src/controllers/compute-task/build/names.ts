import { createHash } from 'node:crypto';
import { ANNOTATION_PROPOSED_AS, LABEL_ATTEMPT, LABEL_NETWORK, LABEL_STEP, LABEL_TASK } from '@collabnet/crds';
import { parseDid } from '@collabnet/did';
import { attemptToken, taskToken, type AttemptAddress } from '@collabnet/messaging';
import type { KubeObject } from '../../../runtime/index.ts';
import { OPERATOR_LABELS } from '../../../institution/secret-store.ts';

/** Full id of the flow, on mirrors, pods and Secrets: a label value has room for its first half only. */
export const ANNOTATION_FLOW = 'collabnet.dev/flow';
/** Public key of the courier's NATS user, kept for its revocation. */
export const ANNOTATION_NATS_USER = 'collabnet.dev/nats-user';
/** DID of the institution whose task a pod works for, by which quotas count pods; a label value has no room for it. */
export const ANNOTATION_PROPOSER = 'collabnet.dev/proposer';
export const COMPUTE_COMPONENT = 'compute';
export { ANNOTATION_PROPOSED_AS };

/** One attempt of one step of one flow. */
export interface AttemptId {
  readonly flowId: string;
  readonly step: string;
  readonly attempt: number;
}

const MAX_NAME = 63;

/** Name of the pod of an attempt and of its Secret: `ct-<first 10 digits of the flow id>-<step>-<attempt>`. */
export function attemptName({ flowId, step, attempt }: AttemptId): string {
  const whole = `ct-${flowId.slice(0, 10)}-${step}-${attempt}`;
  if (whole.length <= MAX_NAME) return whole;
  const hash = createHash('sha256').update(step).digest('hex').slice(0, 8);
  return `ct-${flowId.slice(0, 10)}-${step.slice(0, 30)}-${hash}-${attempt}`;
}

/** Value of the label `collabnet.dev/task`: the first 32 digits of the flow id. */
export function taskLabel(flowId: string): string {
  return taskToken(flowId);
}

/** Labels of everything that belongs to an attempt. `network` is the name of the CollabNetwork. */
export function attemptLabels(id: AttemptId, network: string): Record<string, string> {
  return {
    ...OPERATOR_LABELS,
    'app.kubernetes.io/component': COMPUTE_COMPONENT,
    [LABEL_TASK]: taskLabel(id.flowId),
    [LABEL_STEP]: id.step,
    [LABEL_ATTEMPT]: String(id.attempt),
    [LABEL_NETWORK]: network,
  };
}

/** The attempt that a pod or Secret was made for; undefined for what is not of this operator's making. */
export function attemptOfObject({ metadata }: KubeObject): (AttemptId & { network: string }) | undefined {
  const flowId = metadata.annotations?.[ANNOTATION_FLOW];
  const step = metadata.labels?.[LABEL_STEP];
  const attempt = Number(metadata.labels?.[LABEL_ATTEMPT]);
  const network = metadata.labels?.[LABEL_NETWORK];
  if (flowId === undefined || step === undefined || network === undefined || !Number.isSafeInteger(attempt)) return undefined;
  return { flowId, step, attempt, network };
}

/** Where the couriers and the operator talk about an attempt. @param net `networkToken` of the network */
export function attemptAddress(net: string, { flowId, step, attempt }: AttemptId): AttemptAddress {
  return { net, task: taskToken(flowId), attempt: attemptToken(step, attempt) };
}

/**
 * Name of the view of a flow that another institution proposed: `<its subject code>-<task>-<first 8 of the flow id>`.
 *
 * @param proposedAs `<namespace>/<name>` of the task where it was applied
 */
export function mirrorName(proposer: string, proposedAs: string, flowId: string): string {
  const task = proposedAs.split('/').at(-1) ?? 'task';
  const stem = `${parseDid(proposer).subjectCode}-${task}`.toLowerCase().replace(/[^a-z0-9-]+/g, '-').replace(/^-+/, '');
  return `${stem.slice(0, MAX_NAME - 9).replace(/-+$/, '')}-${flowId.slice(0, 8)}`;
}
