import type { ComputeTask } from '@collabnet/crds';
import { LABEL_MIRROR } from '@collabnet/crds';
import { flowId, FlowError, flowSpecFromTask, type FlowSpec } from '@collabnet/flow';
import { DidError } from '@collabnet/did';
import { StalledError } from '../../runtime/index.ts';
import type { NetworkSession } from '../../institution/network-session.ts';
import { ANNOTATION_FLOW, ANNOTATION_PROPOSED_AS } from './build/names.ts';

/** Whether the operator made this object as a view; any one trace of it is enough, so that removing a label proposes nothing. */
export function isMirror({ metadata }: ComputeTask): boolean {
  const { labels, annotations, ownerReferences } = metadata;
  if (labels?.[LABEL_MIRROR] !== undefined) return true;
  if (annotations?.[ANNOTATION_FLOW] !== undefined || annotations?.[ANNOTATION_PROPOSED_AS] !== undefined) return true;
  return ownerReferences?.some(({ kind, controller }) => kind === 'CollabNetwork' && controller === true) === true;
}

/** `<namespace>/<name>`, as it enters the id of a flow. */
export function proposedAs({ metadata }: ComputeTask): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The canonical specification of a task. @throws StalledError InvalidSpec with every fault */
export function specOf(task: ComputeTask): FlowSpec {
  try {
    return flowSpecFromTask(task.spec);
  } catch (error) {
    if (error instanceof FlowError) throw new StalledError('InvalidSpec', error.issues.map(({ field, message }) => `spec.${field}: ${message}`).join('; '), { cause: error });
    if (error instanceof DidError) throw new StalledError('InvalidSpec', `spec.parties: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Id of the flow that an own task stands for; undefined when its spec is faulty or it is a mirror. */
export function ownFlowId(task: ComputeTask, session: NetworkSession): string | undefined {
  if (isMirror(task) || task.spec.networkRef.name !== session.name) return undefined;
  try {
    return flowId(session.networkId, session.did, proposedAs(task), specOf(task));
  } catch (error) {
    if (error instanceof StalledError) return undefined;
    throw error;
  }
}
