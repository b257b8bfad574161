import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { CallOptions, DeleteOptions, KubeClient } from './kube-client.ts';
import { isNotFound } from './kube-error.ts';
import type { KubeObject, OwnerReference, ResourceType } from './kube-types.ts';
import { apiVersionOf } from './kube-types.ts';
import { APPLIED_HASH_ANNOTATION, FIELD_MANAGER } from './names.ts';
import { ownsFields } from './owned-fields.ts';
import { stableJson } from './stable-json.ts';

export interface ApplyOptions extends CallOptions {
  /** Makes this object the controlling owner. */
  readonly owner?: KubeObject | undefined;
  /** The live object when the caller has it (from a cache); otherwise it is read. `null`: known to be missing. */
  readonly live?: KubeObject | null | undefined;
  /** Take over fields that others own. Default true. */
  readonly force?: boolean | undefined;
  readonly fieldManager?: string | undefined;
}

export interface Applied<T> {
  readonly object: T;
  /** False when nothing had to be sent. */
  readonly changed: boolean;
}

/** Digests of Secrets must not let a reader of metadata test guesses, so their key never leaves the process. */
const SECRET_HASH_KEY = randomBytes(32);

/** Server-side apply of child objects; sends nothing while the wanted object is the same and nobody has changed the live one. */
export class Applier {
  readonly #client: KubeClient;
  readonly #fieldManager: string;

  constructor(client: KubeClient, fieldManager: string = FIELD_MANAGER) {
    this.#client = client;
    this.#fieldManager = fieldManager;
  }

  /** The same applier on another view of the client. */
  on(client: KubeClient): Applier {
    return new Applier(client, this.#fieldManager);
  }

  /**
   * Creates or updates `object` so that the fields it names have its values, also where somebody else has changed them.
   *
   * @throws KubeError `KUBE_INVALID` (also for a change of immutable fields), `KUBE_CONFLICT` with `force: false`
   */
  async apply<T extends KubeObject>(type: ResourceType, object: T, options: ApplyOptions = {}): Promise<Applied<T>> {
    const namespace = type.namespaced
      ? (object.metadata.namespace ?? options.namespace ?? this.#client.namespace)
      : undefined;
    const wanted = prepare(type, object, namespace, options.owner);
    const hash = digest(type, wanted);
    const live =
      options.live === undefined
        ? await this.#client.find(type, object.metadata.name, { namespace, signal: options.signal })
        : (options.live ?? undefined);
    const isSame = live?.metadata.annotations?.[APPLIED_HASH_ANNOTATION] === hash && ownsFields(live, wanted, options.fieldManager ?? this.#fieldManager);
    if (live && !live.metadata.deletionTimestamp && isSame) return { object: live as T, changed: false };
    const annotations = { ...wanted.metadata.annotations, [APPLIED_HASH_ANNOTATION]: hash };
    const body = { ...wanted, metadata: { ...wanted.metadata, annotations } };
    const applied = await this.#client.patch<T>(type, object.metadata.name, body, {
      strategy: 'apply',
      fieldManager: options.fieldManager ?? this.#fieldManager,
      force: options.force ?? true,
      namespace,
      signal: options.signal,
    });
    return { object: applied, changed: applied.metadata.resourceVersion !== live?.metadata.resourceVersion };
  }
}

/**
 * Reference that makes `owner` the controller of a child, so that the garbage collector removes the child with it.
 * It does not block the owner's deletion: removing a namespace or a chart must never hang on us.
 */
export function ownerReference(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  if (!apiVersion || !kind || !metadata.uid)
    throw new TypeError(`owner ${metadata.name} needs apiVersion, kind and metadata.uid`);
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: false };
}

/** Deletes an object. @returns false when it was gone already */
export async function deleteIgnoreMissing(
  client: KubeClient,
  type: ResourceType,
  name: string,
  options: DeleteOptions = {},
): Promise<boolean> {
  try {
    await client.delete(type, name, options);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function prepare<T extends KubeObject>(
  type: ResourceType,
  object: T,
  namespace: string | undefined,
  owner: KubeObject | undefined,
): T {
  const owners = owner
    ? [...(object.metadata.ownerReferences ?? []), ownerReference(owner)]
    : object.metadata.ownerReferences;
  return {
    ...object,
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: { ...object.metadata, ...(namespace && { namespace }), ...(owners && { ownerReferences: owners }) },
  };
}

function digest(type: ResourceType, object: KubeObject): string {
  const hash = type.kind === 'Secret' ? createHmac('sha256', SECRET_HASH_KEY) : createHash('sha256');
  return hash.update(stableJson(object)).digest('hex').slice(0, 32);
}
