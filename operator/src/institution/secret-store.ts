import { CORE, isKubeError, type Applier, type KubeClient, type KubeObject, type OwnerReference } from '../runtime/index.ts';

/** A Secret with its values decoded. */
export interface SecretObject extends KubeObject {
  type?: string;
  data?: Record<string, string>;
}

/** Values of a Secret as text. */
export type SecretValues = Record<string, string>;

/** Marks what the operator made, so that people see whose it is. */
export const OPERATOR_LABELS = { 'app.kubernetes.io/part-of': 'collabnet', 'app.kubernetes.io/managed-by': 'collabnet-operator' };

/** Reads, creates and updates the Secrets that the operator keeps in its namespace. */
export class SecretStore {
  readonly #client: KubeClient;
  readonly #applier: Applier;

  constructor(client: KubeClient, applier: Applier) {
    this.#client = client;
    this.#applier = applier;
  }

  async read(name: string): Promise<SecretValues | undefined> {
    const secret = await this.#client.find<SecretObject>(CORE.secret, name);
    return secret && decode(secret);
  }

  /**
   * The Secret's values, made by `make` when it does not exist. Two operators that race end with the same values:
   * create fails for the slower one, which then reads.
   */
  async ensure(name: string, make: () => Promise<SecretValues> | SecretValues, owner?: KubeObject): Promise<SecretValues> {
    const found = await this.read(name);
    if (found !== undefined) return found;
    try {
      await this.#client.create(CORE.secret, manifest(name, await make(), owner));
    } catch (error) {
      if (!isKubeError(error, 'KUBE_ALREADY_EXISTS')) throw error;
    }
    const made = await this.read(name);
    if (made === undefined) throw new Error(`Secret ${name} vanished while it was made; trying again`);
    return made;
  }

  /** Writes all values of a Secret that follows from others and may be made again at any time. */
  async apply(name: string, values: SecretValues, options: { owner?: KubeObject; ownerReferences?: OwnerReference[]; labels?: Record<string, string> } = {}): Promise<void> {
    const current = await this.#client.find<SecretObject>(CORE.secret, name);
    if (current !== undefined && sameValues(decode(current), values) && hasOwners(current, options.ownerReferences)) return;
    const object = manifest(name, values, undefined, options.labels);
    if (options.ownerReferences) object.metadata.ownerReferences = options.ownerReferences;
    await this.#applier.apply(CORE.secret, object, { ...(options.owner && { owner: options.owner }), live: current ?? null });
  }

  /**
   * Changes an existing Secret from what it holds now; a write in between makes it fail, and the caller tries again.
   *
   * @param change answers the same object when nothing is to be written
   */
  async update(name: string, change: (current: SecretValues) => SecretValues): Promise<SecretValues> {
    const current = await this.#client.get<SecretObject>(CORE.secret, name);
    const before = decode(current);
    const after = change(before);
    if (after !== before) await this.#client.replace(CORE.secret, { ...current, data: encode(after) });
    return after;
  }

  /** Replaces a value of an existing Secret only if nobody changed it since `values` were read. */
  async replace(name: string, values: SecretValues): Promise<void> {
    const current = await this.#client.get<SecretObject>(CORE.secret, name);
    await this.#client.replace(CORE.secret, { ...current, data: encode(values) });
  }
}

function manifest(name: string, values: SecretValues, owner?: KubeObject, labels: Record<string, string> = {}): SecretObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name,
      labels: { ...OPERATOR_LABELS, ...labels },
      ...(owner?.metadata.uid && {
        ownerReferences: [{ apiVersion: owner.apiVersion ?? '', kind: owner.kind ?? '', name: owner.metadata.name, uid: owner.metadata.uid }],
      }),
    },
    data: encode(values),
  };
}

function encode(values: SecretValues): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]));
}

function decode(secret: SecretObject): SecretValues {
  return Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]));
}

function hasOwners(secret: SecretObject, wanted: readonly OwnerReference[] = []): boolean {
  const owners = new Set(secret.metadata.ownerReferences?.map(({ uid }) => uid));
  return wanted.every(({ uid }) => owners.has(uid));
}

function sameValues(a: SecretValues, b: SecretValues): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
