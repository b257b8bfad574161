import type { KubeClient } from './kube-client.ts';
import type { KubeObject, ResourceType } from './kube-types.ts';
import { apiVersionOf } from './kube-types.ts';
import { sameJson } from './stable-json.ts';

const TIMEOUT_MS = 10_000;

/**
 * Writes a whole status by one server-side apply, when it differs from what the object has.
 * The resource version keeps the status of a deleted object off its successor of the same name: the status subresource
 * of a custom kind takes nothing of metadata, so the uid alone would be dropped unchecked.
 *
 * @returns the object as it is now, or undefined when nothing had to be written
 * @throws KubeError `KUBE_NOT_FOUND`, `KUBE_CONFLICT` (another incarnation)
 */
export async function patchStatus<T extends KubeObject & { status?: unknown }>(
  client: KubeClient,
  type: ResourceType,
  object: T,
  status: unknown,
  fieldManager: string,
): Promise<T | undefined> {
  if (sameJson(object.status ?? {}, status)) return undefined;
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const body = { apiVersion: apiVersionOf(type), kind: type.kind, metadata: { name, namespace, uid, resourceVersion }, status };
  return client.patch<T>(type, name, body, {
    strategy: 'apply',
    fieldManager,
    force: true,
    subresource: 'status',
    namespace,
    // Not the signal of the reconcile: also a run that was cut short says so.
    timeoutMs: TIMEOUT_MS,
  });
}
