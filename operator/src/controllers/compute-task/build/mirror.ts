import { API_VERSION, LABEL_MIRROR, LABEL_NETWORK, type ComputeTask, type ComputeTaskSpec } from '@collabnet/crds';
import type { FlowRecord } from '@collabnet/contracts';
import { formatDuration, type FlowSpec, type SealedFlow } from '@collabnet/flow';
import { OPERATOR_LABELS } from '../../../institution/secret-store.ts';
import { ANNOTATION_FLOW, ANNOTATION_PROPOSED_AS, mirrorName } from './names.ts';

/** Spec without what belongs to the institution that looks at the mirror. */
export type MirrorSpec = Omit<ComputeTaskSpec, 'suspend' | 'priority'>;

/**
 * The view of a flow that another institution proposed. Its spec gives the same flow id again, so that a person can
 * check what is shown against what is signed.
 *
 * @param network name of the CollabNetwork in this namespace
 */
export function mirrorOf(flow: FlowRecord, sealed: SealedFlow, network: string): Omit<ComputeTask, 'spec' | 'status'> & { spec: MirrorSpec } {
  return {
    apiVersion: API_VERSION,
    kind: 'ComputeTask',
    metadata: {
      name: mirrorName(flow.proposer, sealed.name, flow.flowId),
      labels: { ...OPERATOR_LABELS, [LABEL_MIRROR]: 'true', [LABEL_NETWORK]: network },
      annotations: { [ANNOTATION_FLOW]: flow.flowId, [ANNOTATION_PROPOSED_AS]: sealed.name },
    },
    spec: taskSpecOf(sealed.spec, network),
  };
}

/** Inverse of `flowSpecFromTask`. */
export function taskSpecOf(spec: FlowSpec, network: string): MirrorSpec {
  const task = {
    networkRef: { name: network },
    runID: spec.runId,
    purpose: spec.purpose,
    trustModel: spec.trustModel,
    wireProfile: spec.wireProfile,
    approvalTimeout: formatDuration(spec.approvalTimeoutMs),
    timeout: formatDuration(spec.timeoutMs),
    maxAttempts: spec.maxAttempts,
    auditors: spec.auditors,
    parties: spec.parties,
    steps: spec.steps,
  };
  return structuredClone(task);
}
