import { API_GROUP, API_VERSION_NAME } from '@collabnet/crds';
import type { CoreV1Api, CustomObjectsApi, KubeConfig, V1PersistentVolumeClaim, V1Pod } from '@kubernetes/client-node';
import type * as ClientNode from '@kubernetes/client-node';
import { CliError } from '../base/errors.ts';
import { asCliError } from './kube-errors.ts';

export interface KubeOptions {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly namespace?: string | undefined;
}

export type Plural = 'approvals' | 'collabnetworks' | 'computetasks' | 'dataassets' | 'participantdids';
const SINGULAR: Record<Plural, string> = {
  approvals: 'Approval',
  collabnetworks: 'CollabNetwork',
  computetasks: 'ComputeTask',
  dataassets: 'DataAsset',
  participantdids: 'ParticipantDID',
};

type Client = typeof ClientNode;

/** One namespace of the own institution's cluster. */
export class Kube {
  readonly namespace: string;
  readonly config: KubeConfig;
  readonly client: Client;
  readonly core: CoreV1Api;
  readonly #custom: CustomObjectsApi;

  private constructor(client: Client, config: KubeConfig, namespace: string) {
    this.client = client;
    this.config = config;
    this.namespace = namespace;
    this.core = config.makeApiClient(client.CoreV1Api);
    this.#custom = config.makeApiClient(client.CustomObjectsApi);
  }

  /** @throws CliError USAGE when there is no such context or file */
  static async connect(options: KubeOptions): Promise<Kube> {
    // Loaded only here: commands that work on files alone start four times faster without it.
    const client = await import('@kubernetes/client-node');
    const config = new client.KubeConfig();
    try {
      if (options.kubeconfig === undefined) config.loadFromDefault();
      else config.loadFromFile(options.kubeconfig);
    } catch (cause) {
      throw new CliError('USAGE', `--kubeconfig ${options.kubeconfig ?? ''}: cannot be read`, { cause });
    }
    if (options.context !== undefined) {
      if (config.getContextObject(options.context) === null) throw new CliError('USAGE', `--context ${options.context}: not in the kubeconfig`);
      config.setCurrentContext(options.context);
    }
    const namespace = options.namespace ?? config.getContextObject(config.getCurrentContext())?.namespace ?? 'default';
    return new Kube(client, config, namespace);
  }

  async get<T>(plural: Plural, name: string): Promise<T> {
    return (await this.#call(`${SINGULAR[plural]} ${this.namespace}/${name}`, () => this.#custom.getNamespacedCustomObject({ ...this.#at(plural), name }))) as T;
  }

  async list<T>(plural: Plural): Promise<T[]> {
    const list = (await this.#call(`${SINGULAR[plural]}s of ${this.namespace}`, () => this.#custom.listNamespacedCustomObject(this.#at(plural)))) as { items: T[] };
    return list.items;
  }

  async create<T extends object>(plural: Plural, object: T, dryRun = false): Promise<T> {
    const all = dryRun ? { dryRun: 'All' } : {};
    return (await this.#call(SINGULAR[plural], () => this.#custom.createNamespacedCustomObject({ ...this.#at(plural), body: object, ...all }))) as T;
  }

  /** Server-side apply of the fields given, on an object that exists. */
  async apply<T>(plural: Plural, name: string, body: object, fieldManager: string): Promise<T> {
    const { setHeaderOptions, PatchStrategy } = this.client;
    return (await this.#call(`${SINGULAR[plural]} ${name}`, () =>
      this.#custom.patchNamespacedCustomObject({ ...this.#at(plural), name, body, fieldManager }, setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply)),
    )) as T;
  }

  async jsonPatch<T>(plural: Plural, name: string, operations: readonly object[]): Promise<T> {
    const { setHeaderOptions, PatchStrategy } = this.client;
    return (await this.#call(`${SINGULAR[plural]} ${name}`, () =>
      this.#custom.patchNamespacedCustomObject({ ...this.#at(plural), name, body: operations, fieldManager: 'kubectl-collabnet' }, setHeaderOptions('Content-Type', PatchStrategy.JsonPatch)),
    )) as T;
  }

  async delete(plural: Plural, name: string): Promise<void> {
    await this.#call(`${SINGULAR[plural]} ${name}`, () => this.#custom.deleteNamespacedCustomObject({ ...this.#at(plural), name }));
  }

  /** The decoded entries of a Secret. */
  async secret(name: string): Promise<Record<string, Buffer>> {
    const secret = await this.#call(`Secret ${this.namespace}/${name}`, () => this.core.readNamespacedSecret({ name, namespace: this.namespace }));
    return Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
  }

  async pods(labelSelector: string): Promise<V1Pod[]> {
    return (await this.#call('pods', () => this.core.listNamespacedPod({ namespace: this.namespace, labelSelector }))).items;
  }

  async claim(name: string): Promise<V1PersistentVolumeClaim> {
    return this.#call(`PersistentVolumeClaim ${this.namespace}/${name}`, () => this.core.readNamespacedPersistentVolumeClaim({ name, namespace: this.namespace }));
  }

  /** Runs a call of the generated client and makes its failure readable. */
  call<T>(what: string, run: () => Promise<T>): Promise<T> {
    return this.#call(what, run);
  }

  #at(plural: Plural): { group: string; version: string; namespace: string; plural: string } {
    return { group: API_GROUP, version: API_VERSION_NAME, namespace: this.namespace, plural };
  }

  async #call<T>(what: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (cause) {
      throw asCliError(cause, what);
    }
  }
}
