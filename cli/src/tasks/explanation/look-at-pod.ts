import type { ComputeTask } from '@collabnet/crds';
import { CliError } from '../../base/errors.ts';
import type { Kube } from '../../kube/kube.ts';
import { podState, type PodState } from './pod-state.ts';

/** The own compute pod of the attempt that is under way, with its events; undefined where there is none or one may not look. */
export async function lookAtPod(kube: Kube, { status }: ComputeTask): Promise<PodState | undefined> {
  if (status?.finishedAt !== undefined) return undefined;
  const name = status?.steps?.find(({ pod }) => pod !== undefined)?.pod;
  if (name === undefined) return undefined;
  const { namespace, core } = kube;
  try {
    const pod = await kube.call(`pod ${name}`, () => core.readNamespacedPod({ name, namespace })).catch((error: unknown) => {
      if (error instanceof CliError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    });
    const events = await kube.call(`events of pod ${name}`, () => core.listNamespacedEvent({ namespace, fieldSelector: `involvedObject.name=${name}` })).catch(() => ({ items: [] }));
    return podState(name, pod, events.items);
  } catch {
    return undefined;
  }
}
