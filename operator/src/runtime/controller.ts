import { RUNTIME_METRICS } from '@collabnet/telemetry';
import type { Counter, Histogram, Logger, Metrics } from '@collabnet/telemetry';
import type { BackoffOptions } from './backoff.ts';
import { jitter } from './clock.ts';
import type { Informer, InformerHandler } from './informer.ts';
import type { KubeObject, ResourceType } from './kube-types.ts';
import { keyOf } from './kube-types.ts';
import { linkedSignal } from './linked-signal.ts';
import type { ControllerServices } from './reconcile-context.ts';
import { Reconciler } from './reconciler.ts';
import type { ReconcileResult, ReconcilerOptions } from './reconciler.ts';
import { sameJson } from './stable-json.ts';
import { WorkQueue } from './work-queue.ts';

/** A further kind whose changes concern objects of the controller. */
export interface WatchedKind {
  /** Attaches to the informer and reports keys; made by {@link watches}. */
  attach(enqueue: (key: string) => void): () => void;
}

/** Maps changes of another kind to keys of the controller's kind. `old` is given for updates. */
export function watches<W extends KubeObject>(
  informer: Informer<W>,
  map: (object: W, old?: W) => readonly string[],
): WatchedKind {
  return {
    attach: (enqueue) => {
      const report = (object: W, old?: W): void => map(object, old).forEach(enqueue);
      return informer.on({ add: (object) => report(object), update: report, delete: (object) => report(object) });
    },
  };
}

/** Any informer, whatever its kind. */
export interface ObjectSource {
  on(handler: InformerHandler<KubeObject>): () => void;
}

export interface ControllerOptions<T extends KubeObject> extends ReconcilerOptions<T> {
  /** Label of logs and metrics, for example `computetask`. */
  readonly name: string;
  readonly informer: Informer<T>;
  /** Kinds that this controller makes; their changes reach the owner by ownerReference. */
  readonly owns?: readonly ObjectSource[] | undefined;
  readonly watches?: readonly WatchedKind[] | undefined;
  /** Objects reconciled at the same time. Default 10. */
  readonly workers?: number | undefined;
  /** Every object that is not at rest is looked at again after about this long even if nothing happens. Default 1 h; 0 switches it off. */
  readonly resyncMs?: number | undefined;
  /** A reconcile that takes longer is aborted. Default 2 min. */
  readonly timeoutMs?: number | undefined;
  readonly backoff?: BackoffOptions | undefined;
}

/** Conflicts retried quietly before they count as errors. */
const QUIET_CONFLICTS = 5;

/** Turns changes of one kind, of the kinds it owns, and outside triggers into reconciles. */
export class Controller<T extends KubeObject> {
  readonly name: string;
  readonly #options: ControllerOptions<T>;
  readonly #services: ControllerServices;
  readonly #logger: Logger;
  readonly #queue: WorkQueue;
  readonly #reconciler: Reconciler<T>;
  readonly #detach: (() => void)[] = [];
  readonly #stop = new AbortController();
  readonly #duration: Histogram<'controller'>;
  readonly #results: Counter<'controller' | 'outcome' | 'reason'>;
  readonly #conflicts = new Map<string, number>();
  #cancelResync: (() => void) | undefined;

  constructor(options: ControllerOptions<T>, services: ControllerServices, metrics: Metrics) {
    this.name = options.name;
    this.#options = options;
    this.#logger = services.logger.child({ controller: options.name });
    this.#services = { ...services, logger: this.#logger };
    const { clock } = services;
    this.#queue = new WorkQueue({ name: options.name, logger: this.#logger, metrics, clock, backoff: options.backoff });
    this.#reconciler = new Reconciler<T>(options, this.#services, options.informer);
    this.#duration = metrics.histogram(RUNTIME_METRICS.reconcileSeconds);
    this.#results = metrics.counter(RUNTIME_METRICS.reconciles);
    this.#attach();
  }

  /** Asks for a reconcile of `namespace/name`, now. For triggers outside Kubernetes, such as ledger events. */
  readonly enqueue = (key: string): void => this.#queue.add(key);

  /** Asks for a reconcile after a delay in ms. */
  enqueueAfter(key: string, ms: number): void {
    this.#queue.addAfter(key, ms);
  }

  /** Asks for a reconcile of every object in the cache. */
  enqueueAll(): void {
    this.#options.informer.keys().forEach(this.enqueue);
  }

  get depth(): number {
    return this.#queue.depth;
  }

  get active(): number {
    return this.#queue.active;
  }

  /** Age of the oldest running reconcile in ms. */
  longestRunningMs(): number {
    return this.#queue.longestRunningMs();
  }

  /** Starts the workers. Informers must have synced. */
  start(): void {
    this.#queue.start(this.#options.workers ?? 10, (key) => this.#handle(key));
    this.#resync();
  }

  /** Aborts running reconciles and waits for them. @returns false when some did not end in time */
  async stop(timeoutMs: number): Promise<boolean> {
    this.#cancelResync?.();
    this.#detach.forEach((detach) => detach());
    this.#stop.abort(new Error('shutting down'));
    return this.#queue.drain(timeoutMs);
  }

  #attach(): void {
    const { informer, owns, watches: watched, type } = this.#options;
    this.#detach.push(
      informer.on({
        add: (object) => {
          // After a restart nothing is due for what has ended: thousands of them must not stand before a new one.
          if (!informer.isAtRest(object)) this.enqueue(keyOf(object));
        },
        update: (object, old) => {
          if (concerns(object, old)) this.enqueue(keyOf(object));
        },
        delete: (object) => this.enqueue(keyOf(object)),
      }),
    );
    const toOwner = (object: KubeObject): void => ownerKeys(object, type).forEach(this.enqueue);
    for (const owned of owns ?? []) {
      this.#detach.push(owned.on({ add: toOwner, update: toOwner, delete: toOwner }));
    }
    for (const kind of watched ?? []) this.#detach.push(kind.attach(this.enqueue));
  }

  #resync(): void {
    const every = this.#options.resyncMs ?? 3_600_000;
    if (every <= 0) return;
    const { clock } = this.#services;
    this.#cancelResync = clock.timer(jitter(clock, every, 0.1), () => {
      // Spread over a tenth of the interval, so that a resync never delays real changes.
      const { informer } = this.#options;
      const due = informer.list().filter((object) => !informer.isAtRest(object));
      for (const object of due) this.#queue.addAfter(keyOf(object), clock.random() * every * 0.1);
      this.#resync();
    });
  }

  async #handle(key: string): Promise<void> {
    const { clock } = this.#services;
    const startedAt = clock.monotonic();
    using linked = linkedSignal([this.#stop.signal], this.#options.timeoutMs ?? 120_000);
    const result = await this.#reconciler.reconcile(key, linked.signal);
    const seconds = (clock.monotonic() - startedAt) / 1000;
    this.#duration.observe({ controller: this.name }, seconds);
    this.#results.inc({ controller: this.name, outcome: result.kind, reason: result.reason });
    this.#schedule(key, result);
    this.#log(key, result, seconds);
  }

  #schedule(key: string, result: ReconcileResult): void {
    if (result.kind === 'conflict') {
      const count = (this.#conflicts.get(key) ?? 0) + 1;
      this.#conflicts.set(key, count);
      if (count > QUIET_CONFLICTS) this.#queue.addRateLimited(key);
      else this.#queue.addAfter(key, jitter(this.#services.clock, 100 * 2 ** count, 0.5));
      return;
    }
    this.#conflicts.delete(key);
    // Cut short although nothing is ending: the Lease was renewed late, and this process leads on.
    if (result.kind === 'error' || (result.kind === 'cancelled' && !this.#stop.signal.aborted)) {
      this.#queue.addRateLimited(key);
      return;
    }
    this.#queue.forget(key);
    if (result.requeueAfterMs === undefined) return;
    // Only long waits are spread: a caller that asks for 200 ms means it.
    const ms = result.requeueAfterMs;
    this.#queue.addAfter(key, ms >= 10_000 ? jitter(this.#services.clock, ms, 0.1) : ms);
  }

  #log(key: string, result: ReconcileResult, seconds: number): void {
    const object = this.#options.informer.get(key);
    const more = object && this.#options.logFields?.(object);
    const fields = { key, ...more, outcome: result.kind, reason: result.reason, seconds: Math.round(seconds * 1000) / 1000 };
    if (result.kind === 'error')
      this.#logger.error({ ...fields, err: result.error, failures: this.#queue.failures(key) }, 'reconcile failed');
    else if (result.kind === 'stalled') this.#logger.warn({ ...fields, err: result.error }, 'object is stalled');
    else this.#logger.debug(fields, 'reconciled');
  }
}

/** A change of status alone is our own doing and needs no reconcile. */
function concerns(object: KubeObject, old: KubeObject): boolean {
  const a = object.metadata;
  const b = old.metadata;
  return (
    a.generation !== b.generation ||
    a.generation === undefined ||
    a.deletionTimestamp !== b.deletionTimestamp ||
    !sameJson(a.annotations, b.annotations) ||
    !sameJson(a.labels, b.labels) ||
    !sameJson(a.finalizers, b.finalizers)
  );
}

function ownerKeys(object: KubeObject, type: ResourceType): string[] {
  const { namespace, ownerReferences } = object.metadata;
  return (ownerReferences ?? [])
    .filter(
      ({ kind, apiVersion }) =>
        kind === type.kind && (apiVersion.includes('/') ? apiVersion.split('/')[0] : '') === type.group,
    )
    .map(({ name }) => (namespace && type.namespaced ? `${namespace}/${name}` : name));
}
