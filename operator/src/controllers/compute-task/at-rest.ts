import type { ComputeTask } from '@collabnet/crds';
import { findCondition } from '../../runtime/index.ts';

const ENDS = ['Succeeded', 'Failed', 'Cancelled', 'ApprovalReject'] as const;

/** Whether the flow of a task has ended, as far as its status says. */
export function hasEnded({ status }: ComputeTask): boolean {
  return (ENDS as readonly (string | undefined)[]).includes(status?.phase);
}

/** Whether the status says all there will ever be to say: the flow has ended and a reconcile has shown its end. */
export function isAtRest(task: ComputeTask): boolean {
  const { metadata, status } = task;
  if (!hasEnded(task) || metadata.deletionTimestamp !== undefined || status?.observedGeneration !== metadata.generation) return false;
  return findCondition(status?.conditions, 'Ready') !== undefined && findCondition(status?.conditions, 'Reconciling') === undefined;
}

/**
 * What the cache keeps of a task at rest: who it is, whose flow it shows and that it has ended. There may be tens of
 * thousands, of about 6 KB each as a whole.
 */
export function restingPart(task: ComputeTask): ComputeTask | undefined {
  if (!isAtRest(task)) return undefined;
  const { creationTimestamp, ...metadata } = task.metadata;
  void creationTimestamp;
  // One text for all of a kind, where the answer of the API server brought one each.
  const phase = ENDS.find((each) => each === task.status?.phase);
  const { apiVersion, kind, spec, status } = task;
  return { apiVersion, kind, metadata, spec: restingSpec(spec.networkRef.name), status: { flowID: status?.flowID, phase } } as ComputeTask;
}

const specs = new Map<string, Pick<ComputeTask['spec'], 'networkRef'>>();

function restingSpec(name: string): Pick<ComputeTask['spec'], 'networkRef'> {
  const known = specs.get(name) ?? { networkRef: { name } };
  specs.set(name, known);
  return known;
}
