import type { KubeClient } from './kube-client.ts';
import { isNotFound } from './kube-error.ts';
import type { KubeObject, ResourceType } from './kube-types.ts';

export function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

/** Adds a finalizer; optimistic, so that no one else's is lost. @throws KubeError `KUBE_CONFLICT` */
export async function addFinalizer<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType,
  object: T,
  finalizer: string,
): Promise<T> {
  if (hasFinalizer(object, finalizer)) return object;
  return patchFinalizers<T>(client, type, object, [...(object.metadata.finalizers ?? []), finalizer]);
}

/** Removes a finalizer. @returns undefined when the object is gone. @throws KubeError `KUBE_CONFLICT` */
export async function removeFinalizer<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType,
  object: T,
  finalizer: string,
): Promise<T | undefined> {
  if (!hasFinalizer(object, finalizer)) return object;
  try {
    const rest = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
    return await patchFinalizers<T>(client, type, object, rest);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function patchFinalizers<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType,
  object: T,
  finalizers: string[],
): Promise<T> {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return client.patch<T>(
    type,
    name,
    { metadata: { uid, resourceVersion, finalizers } },
    { strategy: 'merge', namespace },
  );
}
