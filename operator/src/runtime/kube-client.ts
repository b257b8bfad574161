import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import type { ConnectionOptions, KubeConnection } from './kube-config.ts';
import { loadConnection } from './kube-config.ts';
import { isNotFound } from './kube-error.ts';
import { KubeHttp } from './kube-http.ts';
import type { HttpCall } from './kube-http.ts';
import type { KubeObject, ResourceType } from './kube-types.ts';
import { apiVersionOf } from './kube-types.ts';
import { resourcePath } from './resource-types.ts';
import { watchStream } from './watch-stream.ts';
import type { WatchEvent, WatchStreamOptions } from './watch-stream.ts';

/** How a patch body is read. `apply` is server-side apply. */
export type PatchStrategy = 'apply' | 'merge' | 'strategic' | 'json';

const PATCH_TYPES: Readonly<Record<PatchStrategy, string>> = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
};

export interface CallOptions {
  /** Default: the client's own namespace (for namespaced kinds). */
  readonly namespace?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of the whole call; default 30 000 ms. */
  readonly timeoutMs?: number | undefined;
}
export interface ListOptions extends CallOptions {
  readonly allNamespaces?: boolean | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  /** Only metadata, without spec and status. */
  readonly metadataOnly?: boolean | undefined;
}
export interface ListPage<T> {
  readonly items: T[];
  readonly resourceVersion: string;
  /** Set when there are more pages. */
  readonly continue?: string | undefined;
}
export interface PatchOptions extends CallOptions {
  readonly strategy: PatchStrategy;
  readonly fieldManager?: string | undefined;
  /** Take over fields owned by others (server-side apply only). */
  readonly force?: boolean | undefined;
  readonly subresource?: string | undefined;
  readonly dryRun?: boolean | undefined;
}
export interface DeleteOptions extends CallOptions {
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  /** Delete only this incarnation. */
  readonly uid?: string | undefined;
  readonly gracePeriodSeconds?: number | undefined;
}

/**
 * Typed calls to one API server, for built-in and custom kinds alike. Objects are plain JSON: times stay strings.
 * Every failure is a {@link KubeError}.
 */
export class KubeClient {
  readonly #http: KubeHttp;
  readonly #fence: (() => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  /** Namespace used when a call names none. */
  readonly namespace: string;

  constructor(http: KubeHttp, namespace: string, fence?: () => void, signal?: AbortSignal) {
    this.#http = http;
    this.namespace = namespace;
    this.#fence = fence;
    this.#signal = signal;
  }

  /** Connects by kubeconfig or service account; see {@link loadConnection}. */
  static async load(options: ConnectionOptions = {}): Promise<KubeClient> {
    return KubeClient.connect(await loadConnection(options));
  }

  static connect(connection: KubeConnection, clock: Clock = systemClock): KubeClient {
    return new KubeClient(new KubeHttp(connection, clock), connection.namespace);
  }

  /** The same client, but `check` runs before every write and may throw (leadership fencing). */
  fenced(check: () => void): KubeClient {
    return new KubeClient(this.#http, this.namespace, check, this.#signal);
  }

  /** The same client, but every call ends when `signal` aborts. */
  within(signal: AbortSignal): KubeClient {
    return new KubeClient(this.#http, this.namespace, this.#fence, this.#both(signal));
  }

  /** @throws KubeError `KUBE_NOT_FOUND` */
  get<T extends KubeObject = KubeObject>(type: ResourceType, name: string, options: CallOptions = {}): Promise<T> {
    return this.raw<T>({ method: 'GET', path: this.#path(type, options, name), ...timing(options) });
  }

  /** Like get, but undefined when it does not exist. */
  async find<T extends KubeObject = KubeObject>(
    type: ResourceType,
    name: string,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    try {
      return await this.get<T>(type, name, options);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** One page of a collection. @throws KubeError `KUBE_GONE` when the continue token is too old */
  async listPage<T extends KubeObject = KubeObject>(
    type: ResourceType,
    options: ListOptions = {},
  ): Promise<ListPage<T>> {
    const body = await this.raw<{ items?: T[] | null; metadata?: { resourceVersion?: string; continue?: string } }>({
      method: 'GET',
      path: this.#collection(type, options),
      query: {
        labelSelector: options.labelSelector,
        fieldSelector: options.fieldSelector,
        limit: options.limit,
        continue: options.continue,
      },
      ...(options.metadataOnly && { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' }),
      ...timing(options),
    });
    const next = body.metadata?.continue;
    return {
      items: body.items ?? [],
      resourceVersion: body.metadata?.resourceVersion ?? '',
      ...(next && { continue: next }),
    };
  }

  /** A whole collection, fetched in pages of 500. Prefer an informer for anything read often. */
  async list<T extends KubeObject = KubeObject>(type: ResourceType, options: ListOptions = {}): Promise<T[]> {
    const items: T[] = [];
    let token: string | undefined;
    do {
      const page = await this.listPage<T>(type, { limit: 500, ...options, continue: token });
      items.push(...page.items);
      token = page.continue;
    } while (token !== undefined);
    return items;
  }

  /** @throws KubeError `KUBE_ALREADY_EXISTS` */
  create<T extends KubeObject>(
    type: ResourceType,
    object: T,
    options: CallOptions & { fieldManager?: string | undefined } = {},
  ): Promise<T> {
    return this.#write<T>({
      method: 'POST',
      path: this.#path(type, { namespace: object.metadata.namespace, ...options }),
      query: { fieldManager: options.fieldManager },
      body: withType(type, object),
      ...timing(options),
    });
  }

  /** Full replacement; with `metadata.resourceVersion` set it is optimistic. @throws KubeError `KUBE_CONFLICT` */
  replace<T extends KubeObject>(
    type: ResourceType,
    object: T,
    options: CallOptions & { subresource?: string | undefined } = {},
  ): Promise<T> {
    return this.#write<T>({
      method: 'PUT',
      path: this.#path(
        type,
        { namespace: object.metadata.namespace, ...options },
        object.metadata.name,
        options.subresource,
      ),
      body: withType(type, object),
      ...timing(options),
    });
  }

  patch<T extends KubeObject = KubeObject>(
    type: ResourceType,
    name: string,
    body: unknown,
    options: PatchOptions,
  ): Promise<T> {
    return this.#write<T>({
      method: 'PATCH',
      path: this.#path(type, options, name, options.subresource),
      query: {
        fieldManager: options.fieldManager,
        force: options.strategy === 'apply' ? (options.force ?? false) : undefined,
        dryRun: options.dryRun ? 'All' : undefined,
      },
      body,
      contentType: PATCH_TYPES[options.strategy],
      ...timing(options),
    });
  }

  /** @throws KubeError `KUBE_NOT_FOUND`, `KUBE_CONFLICT` when `uid` is of another incarnation */
  async delete(type: ResourceType, name: string, options: DeleteOptions = {}): Promise<void> {
    await this.#write({
      method: 'DELETE',
      path: this.#path(type, options, name),
      body: {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        propagationPolicy: options.propagation ?? 'Background',
        ...(options.uid && { preconditions: { uid: options.uid } }),
        ...(options.gracePeriodSeconds !== undefined && { gracePeriodSeconds: options.gracePeriodSeconds }),
      },
      ...timing(options),
    });
  }

  /**
   * Watches a collection from a resourceVersion until the server ends the stream.
   *
   * @throws KubeError `KUBE_GONE` (list again), `KUBE_TIMEOUT` (nothing arrived for `inactivityMs`), any other
   */
  async watch<T extends KubeObject>(
    type: ResourceType,
    options: Omit<ListOptions, 'limit' | 'continue'> &
      WatchStreamOptions & { resourceVersion: string; timeoutSeconds: number },
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void> {
    await watchStream(
      (signal) =>
        this.#http.stream({
          path: this.#collection(type, options),
          query: {
            watch: true,
            allowWatchBookmarks: true,
            resourceVersion: options.resourceVersion,
            timeoutSeconds: options.timeoutSeconds,
            labelSelector: options.labelSelector,
            fieldSelector: options.fieldSelector,
          },
          ...(options.metadataOnly && { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }),
          signal,
        }),
      options,
      onEvent,
    );
  }

  /** Any call; the path is used as it is. Writes are fenced. */
  raw<T>(call: HttpCall): Promise<T> {
    if (call.method !== 'GET') this.#fence?.();
    return this.#http.json<T>({ ...call, signal: this.#both(call.signal) });
  }

  /** Log text of a container of a pod. */
  async logs(
    pod: string,
    options: CallOptions & { container?: string; tailLines?: number; limitBytes?: number; previous?: boolean } = {},
  ): Promise<string> {
    const body = await this.#http.stream({
      path: resourcePath(
        { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true },
        {
          namespace: options.namespace ?? this.namespace,
          name: pod,
          subresource: 'log',
        },
      ),
      query: {
        container: options.container,
        tailLines: options.tailLines,
        limitBytes: options.limitBytes ?? 1024 * 1024,
        previous: options.previous,
      },
      accept: '*/*',
      signal: this.#both(options.signal),
    });
    let text = '';
    for await (const chunk of body.setEncoding('utf8')) text += chunk as string;
    return text;
  }

  /** Drops all connections; the client cannot be used afterwards. */
  close(): Promise<void> {
    return this.#http.close();
  }

  async #write<T>(call: HttpCall): Promise<T> {
    return this.raw<T>(call);
  }

  #both(signal: AbortSignal | undefined): AbortSignal | undefined {
    return signal && this.#signal ? AbortSignal.any([signal, this.#signal]) : (signal ?? this.#signal);
  }

  #path(type: ResourceType, options: CallOptions, name?: string, subresource?: string): string {
    return resourcePath(type, {
      namespace: type.namespaced ? (options.namespace ?? this.namespace) : undefined,
      name,
      subresource,
    });
  }

  #collection(type: ResourceType, options: ListOptions): string {
    return options.allNamespaces ? resourcePath(type) : this.#path(type, options);
  }
}

function timing({ signal, timeoutMs }: CallOptions): Pick<HttpCall, 'signal' | 'timeoutMs'> {
  return { signal, timeoutMs };
}

function withType<T extends KubeObject>(type: ResourceType, object: T): T {
  return { ...object, apiVersion: apiVersionOf(type), kind: type.kind };
}
