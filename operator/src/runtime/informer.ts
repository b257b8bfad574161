import type { Logger, Metrics } from '@collabnet/telemetry';
import type { Clock } from './clock.ts';
import { jitter, sleep, systemClock } from './clock.ts';
import { backoffDelay } from './backoff.ts';
import { deepFreeze } from './freeze.ts';
import { informerMetrics } from './informer-metrics.ts';
import type { InformerMetrics } from './informer-metrics.ts';
import type { KubeClient } from './kube-client.ts';
import { isKubeError } from './kube-error.ts';
import type { KubeObject, ObjectMeta, ResourceType } from './kube-types.ts';
import { apiVersionOf, keyOf } from './kube-types.ts';
import { linkedSignal } from './linked-signal.ts';
import { ObjectStore } from './store.ts';
import type { IndexFn } from './store.ts';
import type { WatchEvent } from './watch-stream.ts';

/** Reactions to changes of the cache. They must be quick; what they throw is logged and dropped. */
export interface InformerHandler<T> {
  add?(object: T): void;
  update?(object: T, old: T): void;
  /** `object` is the last state known. */
  delete?(object: T): void;
}

export interface InformerTiming {
  readonly pageSize: number;
  /** Every list is repeated after about this long, whatever the watch says. */
  readonly relistMs: number;
  readonly inactivityMs: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
}
const TIMING: InformerTiming = {
  pageSize: 500,
  relistMs: 600_000,
  inactivityMs: 90_000,
  backoffBaseMs: 1_000,
  backoffMaxMs: 60_000,
};

export interface InformerOptions<T extends KubeObject> {
  readonly client: KubeClient;
  readonly type: ResourceType;
  /** Default: the client's namespace. */
  readonly namespace?: string | undefined;
  readonly allNamespaces?: boolean | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Ask the server for metadata alone. */
  readonly metadataOnly?: boolean | undefined;
  /** Drops fields that nobody reads, before the object is kept. managedFields are dropped always. */
  readonly transform?: ((object: T) => T) | undefined;
  /**
   * What is kept of an object that is at rest: enough for those who look through the cache; undefined keeps the whole
   * object. Such objects are not announced to controllers, and a reconcile that is asked for reads the whole one.
   */
  readonly atRest?: ((object: T) => T | undefined) | undefined;
  /** Labels to index, for {@link Informer.byLabel}. */
  readonly indexLabels?: readonly string[] | undefined;
  /** More indexes, for {@link Informer.byIndex}. Owners are always indexed. */
  readonly indexes?: Readonly<Record<string, IndexFn<T>>> | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock | undefined;
  readonly timing?: Partial<InformerTiming> | undefined;
}

/**
 * A local, frozen copy of a collection that follows the API server through every kind of disconnect:
 * list in pages, watch with bookmarks, resume from the last resourceVersion, list again at 410 and at intervals.
 */
export class Informer<T extends KubeObject> {
  readonly type: ResourceType;
  /** Resolves when the first list is complete. Never rejects: see {@link Informer.lastError} while it is pending. */
  readonly synced: Promise<void>;
  readonly #options: InformerOptions<T>;
  readonly #timing: InformerTiming;
  readonly #clock: Clock;
  readonly #store: ObjectStore<T>;
  readonly #metrics: InformerMetrics;
  readonly #handlers = new Set<InformerHandler<T>>();
  readonly #resting = new WeakSet<T>();
  readonly #resolveSynced: () => void;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #hasSynced = false;
  #resourceVersion: string | undefined;
  #relistAt = 0;
  #lastActivity: number;
  #lastError: Error | undefined;

  constructor(options: InformerOptions<T>) {
    this.#options = options;
    this.type = options.type;
    this.#timing = { ...TIMING, ...options.timing };
    this.#clock = options.clock ?? systemClock;
    this.#store = new ObjectStore<T>({
      ...labelIndexes<T>(options.indexLabels ?? []),
      owner: ownerUids,
      ...options.indexes,
    });
    this.#metrics = informerMetrics(options.metrics);
    this.#lastActivity = this.#clock.monotonic();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.synced = promise;
    this.#resolveSynced = resolve;
    this.#metrics.observe(this.type.kind, () => ({
      objects: this.#store.size,
      ageSeconds: (this.#clock.monotonic() - this.#lastActivity) / 1000,
      synced: this.#hasSynced,
    }));
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Why the last list or watch failed; undefined while all is well. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }

  get size(): number {
    return this.#store.size;
  }

  /** Starts following; returns at once. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends following and waits until no handler can be called any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** @param key `namespace/name` */
  get(key: string): T | undefined {
    return this.#store.get(key);
  }

  list(): T[] {
    return this.#store.list();
  }

  /** Whether only a part of this cached object is kept, because it is at rest. */
  isAtRest(object: T): boolean {
    return this.#resting.has(object);
  }

  keys(): string[] {
    return this.#store.keys();
  }

  /** Objects with a label; the label must be in `indexLabels`. */
  byLabel(label: string, value: string): T[] {
    return this.#store.lookup(`label:${label}`, value);
  }

  /** Objects that name this uid among their ownerReferences. */
  byOwner(uid: string): T[] {
    return this.#store.lookup('owner', uid);
  }

  byIndex(index: string, value: string): T[] {
    return this.#store.lookup(index, value);
  }

  /** Adds reactions; objects already held are announced as added. Returns how to remove them. */
  on(handler: InformerHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#store.list()) this.#call(() => handler.add?.(object));
    return () => this.#handlers.delete(handler);
  }

  /**
   * Takes in the answer to an own write at once, so that the next reconcile does not act on a state older
   * than its own last write. Ignored when the cache is newer or the object is gone.
   */
  observe(object: T): void {
    const known = this.#store.get(keyOf(object));
    if (known?.metadata.uid === object.metadata.uid) this.#upsert(object);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      const startedAt = this.#clock.monotonic();
      try {
        if (this.#resourceVersion === undefined || startedAt >= this.#relistAt) await this.#relist();
        failures = (await this.#watch()) ? 0 : failures + 1;
        this.#lastError = undefined;
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        this.#failed(error);
      }
      // A stream that lived for a while ended for its own reasons: go on at once.
      if (this.#clock.monotonic() - startedAt > 10_000) failures = 0;
      if (failures > 0) {
        const options = { baseMs: this.#timing.backoffBaseMs, maxMs: this.#timing.backoffMaxMs };
        await sleep(this.#clock, backoffDelay(this.#clock, options, failures - 1), signal);
      }
    }
  }

  #failed(error: unknown): void {
    const failure = error instanceof Error ? error : new Error('unknown failure');
    const code = isKubeError(failure) ? failure.code : 'OTHER';
    this.#lastError = failure;
    this.#metrics.errors.inc({ kind: this.type.kind, code });
    if (code === 'KUBE_GONE') this.#resourceVersion = undefined;
    const level = code === 'KUBE_GONE' || code === 'KUBE_TIMEOUT' ? 'info' : 'warn';
    this.#options.logger[level]({ kind: this.type.kind, code, reason: failure.message }, 'list or watch interrupted');
  }

  async #relist(): Promise<void> {
    const { client, type } = this.#options;
    if (this.#hasSynced) this.#metrics.relists.inc({ kind: type.kind });
    const seen = new Set<string>();
    let token: string | undefined;
    let resourceVersion: string;
    do {
      const page = await client.listPage<T>(type, {
        ...this.#scope(),
        limit: this.#timing.pageSize,
        continue: token,
        signal: this.#stop.signal,
      });
      this.#lastActivity = this.#clock.monotonic();
      for (const item of page.items) {
        seen.add(keyOf(item));
        this.#upsert(item);
      }
      token = page.continue;
      resourceVersion = page.resourceVersion;
    } while (token !== undefined);
    for (const key of this.#store.keys()) if (!seen.has(key)) this.#remove(key);
    this.#resourceVersion = resourceVersion;
    this.#relistAt = this.#clock.monotonic() + jitter(this.#clock, this.#timing.relistMs, 0.1);
    if (!this.#hasSynced) {
      this.#hasSynced = true;
      this.#resolveSynced();
    }
  }

  /** @returns whether the stream brought anything */
  async #watch(): Promise<boolean> {
    let received = false;
    const remaining = Math.max(1_000, this.#relistAt - this.#clock.monotonic());
    // The server ends the stream when the next list is due; the signal is for a server that does not.
    using linked = linkedSignal([this.#stop.signal], Math.ceil(remaining) + 5_000);
    try {
      await this.#options.client.watch<T>(
        this.type,
        {
          ...this.#scope(),
          resourceVersion: this.#resourceVersion ?? '',
          timeoutSeconds: Math.ceil(remaining / 1000),
          inactivityMs: this.#timing.inactivityMs,
          signal: linked.signal,
        },
        (event) => {
          received = true;
          this.#lastActivity = this.#clock.monotonic();
          this.#onEvent(event);
        },
      );
    } finally {
      if (!this.#stop.signal.aborted) this.#metrics.reconnects.inc({ kind: this.type.kind });
    }
    return received;
  }

  #onEvent(event: WatchEvent<T>): void {
    const { object, type } = event;
    if (type === 'DELETED') this.#remove(keyOf(object), object);
    else if (type !== 'BOOKMARK') this.#upsert(object);
    this.#resourceVersion = object.metadata.resourceVersion ?? this.#resourceVersion;
  }

  #upsert(incoming: T): void {
    const key = keyOf(incoming);
    const known = this.#store.get(key);
    const replaced = known?.metadata.uid === incoming.metadata.uid ? known : undefined;
    if (replaced && !isNewer(incoming, replaced)) return;
    // Deleted and made again while nobody looked: both must be heard of.
    if (known && !replaced) this.#remove(key);
    const object = this.#prepare(incoming);
    this.#store.set(object);
    this.#metrics.events.inc({ kind: this.type.kind, type: replaced ? 'update' : 'add' });
    for (const handler of this.#handlers)
      this.#call(() => (replaced ? handler.update?.(object, replaced) : handler.add?.(object)));
  }

  #remove(key: string, final?: T): void {
    const old = this.#store.get(key);
    if (!old) return;
    // A DELETED event of an incarnation that was replaced already says nothing about the present one.
    if (final && final.metadata.uid !== old.metadata.uid) return;
    this.#store.delete(key);
    const object = final ? this.#prepare(final) : old;
    this.#metrics.events.inc({ kind: this.type.kind, type: 'delete' });
    for (const handler of this.#handlers) this.#call(() => handler.delete?.(object));
  }

  #prepare(incoming: T): T {
    const metadata = leanMetadata(incoming.metadata);
    // Items of a list come without their type.
    const lean = { ...incoming, apiVersion: apiVersionOf(this.type), kind: this.type.kind, metadata } as unknown as T;
    const resting = this.#options.atRest?.(lean);
    if (resting !== undefined) this.#resting.add(resting);
    return deepFreeze(resting ?? this.#options.transform?.(lean) ?? lean);
  }

  #call(handler: () => void): void {
    try {
      handler();
    } catch (error) {
      this.#options.logger.error({ err: error, kind: this.type.kind }, 'informer handler failed');
    }
  }

  #scope(): Pick<
    InformerOptions<T>,
    'namespace' | 'allNamespaces' | 'labelSelector' | 'fieldSelector' | 'metadataOnly'
  > {
    const { namespace, allNamespaces, labelSelector, fieldSelector, metadataOnly } = this.#options;
    return { namespace, allNamespaces, labelSelector, fieldSelector, metadataOnly };
  }
}

/** Resource versions of one collection are ordered integers (Kubernetes 1.35 states it; etcd always did it). */
function isNewer(incoming: KubeObject, known: KubeObject): boolean {
  const a = incoming.metadata.resourceVersion ?? '';
  const b = known.metadata.resourceVersion ?? '';
  return a.length === b.length ? a > b : a.length > b.length;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Drops what nobody reads and what can be larger than the rest. Copies by rest, since `delete` makes objects slow and big. */
function leanMetadata(metadata: ObjectMeta & { managedFields?: unknown }): ObjectMeta {
  const { managedFields, annotations, ...rest } = metadata;
  void managedFields;
  if (!annotations) return rest;
  const { [LAST_APPLIED]: applied, ...kept } = annotations;
  void applied;
  return { ...rest, annotations: kept };
}

function labelIndexes<T extends KubeObject>(labels: readonly string[]): Record<string, IndexFn<T>> {
  return Object.fromEntries(
    labels.map((label) => [
      `label:${label}`,
      (object: T) => {
        const value = object.metadata.labels?.[label];
        return value === undefined ? [] : [value];
      },
    ]),
  );
}

function ownerUids(object: KubeObject): string[] {
  return (object.metadata.ownerReferences ?? []).map(({ uid }) => uid);
}
