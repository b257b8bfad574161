import { ANNOTATION_PROPOSED_AS, API_VERSION, LABEL_MIRROR, type CollabNetwork, type ComputeTask } from '@collabnet/crds';
import { flowId, flowSpecFromTask } from '@collabnet/flow';
import { CliError } from '../base/errors.ts';
import { fields } from '../base/table.ts';
import { readyNetwork } from '../kube/networks.ts';
import { describeTask } from '../tasks/describe.ts';
import type { Subject } from './subject.ts';

/**
 * The consent a task asks for.
 *
 * What is shown is checked against what is signed: the id of the flow is recomputed from the spec shown, so that a
 * changed mirror cannot make a person agree to something else.
 *
 * @throws CliError NOT_READY, REFUSED, VERIFICATION_FAILED
 */
export function flowSubject(task: ComputeTask, networkObject: CollabNetwork): Subject {
  const network = readyNetwork(networkObject);
  const name = task.metadata.name;
  const { flowID, specDigest, phase, proposer } = task.status ?? {};
  if (flowID === undefined || specDigest === undefined || proposer === undefined) {
    throw new CliError('NOT_READY', `task ${name} is not on the ledger yet; see kubectl collabnet task explain ${name}`);
  }
  if (phase !== undefined && phase !== 'AwaitingApproval' && phase !== 'Initialized') {
    throw new CliError('REFUSED', `task ${name} is ${phase}: there is nothing to decide any more`);
  }
  const computed = recomputedFlowId(task, network.id, proposer);
  if (computed !== undefined && computed !== flowID) {
    throw new CliError('VERIFICATION_FAILED', `task ${name}: the spec shown here is not the one of flow ${flowID}; do not sign, and tell the operator of your institution`);
  }
  const deadline = task.status?.approvalDeadline;
  return {
    network,
    subject: { kind: 'Flow', id: flowID, digest: specDigest },
    description: [
      fields([
        ['task', name],
        ['network', `${network.object.spec.displayName} (${network.id.slice(0, 16)})`],
        ['flow', flowID],
        ['spec digest', specDigest],
        ['decide until', deadline],
      ]),
      describeTask(task, network.object),
    ].join('\n'),
    warnings: computed === undefined ? ['the id of the flow could not be recomputed here; you rely on your operator for what is shown'] : [],
    ...(deadline === undefined ? {} : { deadline: Date.parse(deadline) }),
    ...(task.metadata.uid === undefined ? {} : { owner: { apiVersion: API_VERSION, kind: 'ComputeTask', name, uid: task.metadata.uid } }),
    label: name,
  };
}

function recomputedFlowId(task: ComputeTask, networkId: string, proposer: string): string | undefined {
  const { metadata } = task;
  const isMirror = metadata.labels?.[LABEL_MIRROR] === 'true';
  const proposedAs = metadata.annotations?.[ANNOTATION_PROPOSED_AS] ?? (isMirror ? undefined : `${metadata.namespace}/${metadata.name}`);
  if (proposedAs === undefined) return undefined;
  return flowId(networkId, proposer, proposedAs, flowSpecFromTask(task.spec));
}
