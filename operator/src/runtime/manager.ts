import type { HttpEndpoints, Logger, Metrics, ProbeResult } from '@collabnet/telemetry';
import { startHttpEndpoints } from '@collabnet/telemetry';
import { Applier } from './apply.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { Controller } from './controller.ts';
import type { ControllerOptions } from './controller.ts';
import { EventSink } from './events.ts';
import { Informer } from './informer.ts';
import type { InformerOptions } from './informer.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject, ResourceType } from './kube-types.ts';
import { LeadershipLostError } from './errors.ts';
import { LeaderElector } from './leader.ts';
import type { LeaderOptions } from './leader.ts';
import { FIELD_MANAGER } from './names.ts';
import type { ControllerServices } from './reconcile-context.ts';

export interface ManagerOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Reported by events. Default `collabnet.dev/operator`. */
  readonly reportingController?: string | undefined;
  readonly fieldManager?: string | undefined;
  /** False: this process is the only one and writes without a Lease. */
  readonly leaderElection: (Pick<LeaderOptions, 'name'> & Partial<LeaderOptions>) | false;
  /** Serves /metrics, /healthz and /readyz; left out: no port is opened. */
  readonly http?: { readonly port: number; readonly host?: string | undefined } | undefined;
  readonly clock?: Clock | undefined;
  /** Time that running reconciles get to end. Default 15 000 ms. */
  readonly drainTimeoutMs?: number | undefined;
  /** A reconcile older than this makes /healthz fail. Default 10 min. */
  readonly stuckAfterMs?: number | undefined;
}

/** Something else that runs beside the controllers, for example a ledger listener. */
export interface Runnable {
  readonly name: string;
  /** Run only while this process is the leader. Default true. */
  readonly leaderOnly?: boolean | undefined;
  /** Runs until `signal` aborts. A rejection ends the process. */
  run(signal: AbortSignal): Promise<void>;
}

type InformerSettings<T extends KubeObject> = Omit<
  InformerOptions<T>,
  'client' | 'type' | 'logger' | 'metrics' | 'clock'
>;

type AnyInformer = Pick<Informer<KubeObject>, 'type' | 'synced' | 'hasSynced' | 'lastError' | 'start' | 'stop'>;

interface AnyController {
  readonly name: string;
  longestRunningMs(): number;
  start(): void;
  stop(timeoutMs: number): Promise<boolean>;
}

/** Time for an orderly end after the Lease was lost. */
const LOST_DRAIN_MS = 500;

/** Owns the life of an operator process: caches first, then leadership, then controllers; and all that backwards. */
export class Manager implements ControllerServices {
  /** Writes only while this process is the leader. */
  readonly client: KubeClient;
  readonly applier: Applier;
  readonly events: EventSink;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly #options: ManagerOptions;
  readonly #elector: LeaderElector | undefined;
  readonly #informers = new Set<AnyInformer>();
  readonly #controllers: AnyController[] = [];
  readonly #runnables: Runnable[] = [];
  #http: HttpEndpoints | undefined;
  #leading = false;

  constructor(options: ManagerOptions) {
    this.#options = options;
    this.logger = options.logger;
    this.metrics = options.metrics;
    this.clock = options.clock ?? systemClock;
    const { client, logger, metrics, leaderElection } = options;
    this.#elector = leaderElection
      ? new LeaderElector({ client, logger, metrics, clock: this.clock, ...leaderElection })
      : undefined;
    this.client = this.#elector ? client.fenced(this.#elector.fence) : client;
    this.applier = new Applier(this.client, options.fieldManager ?? FIELD_MANAGER);
    const reportingController = options.reportingController ?? 'collabnet.dev/operator';
    this.events = new EventSink({ client: this.client, reportingController, logger, metrics, clock: this.clock });
  }

  /** True while this process leads and its controllers run. */
  get leading(): boolean {
    return this.#leading;
  }

  /** Port of the HTTP endpoints, once {@link run} has opened them. */
  get httpPort(): number | undefined {
    return this.#http?.port;
  }

  /** Makes an informer that lives as long as the manager. Share it between controllers. */
  informer<T extends KubeObject>(type: ResourceType, settings: InformerSettings<T> = {}): Informer<T> {
    const { client, logger, metrics } = this.#options;
    const informer = new Informer<T>({ client, type, logger, metrics, clock: this.clock, ...settings });
    this.#informers.add(informer);
    return informer;
  }

  /** Adds a controller; it works while this process leads. */
  controller<T extends KubeObject>(options: ControllerOptions<T>): Controller<T> {
    const settings = { fieldManager: this.#options.fieldManager, ...options };
    const controller = new Controller<T>(settings, this, this.metrics);
    this.#controllers.push(controller);
    return controller;
  }

  add(runnable: Runnable): void {
    this.#runnables.push(runnable);
  }

  /** /readyz: all caches are filled. A standby is ready too. */
  ready(): ProbeResult {
    const waiting = [...this.#informers].find((informer) => !informer.hasSynced);
    if (!waiting) return { ok: true };
    const why = waiting.lastError ? `: ${waiting.lastError.message}` : '';
    return { ok: false, reason: `cache of ${waiting.type.kind} is not filled${why}` };
  }

  /** /healthz: no reconcile is stuck. */
  live(): ProbeResult {
    const stuck = this.#controllers.find(
      (controller) => controller.longestRunningMs() > (this.#options.stuckAfterMs ?? 600_000),
    );
    return stuck ? { ok: false, reason: `controller ${stuck.name} is stuck` } : { ok: true };
  }

  /**
   * Runs until `signal` aborts, then shuts down in order: controllers, runnables, events, Lease, caches, endpoints.
   *
   * @throws LeadershipLostError, or what a runnable threw; everything is shut down by then
   */
  async run(signal: AbortSignal): Promise<void> {
    const ending = new AbortController();
    const stop = AbortSignal.any([signal, ending.signal]);
    let drainMs = this.#options.drainTimeoutMs ?? 15_000;
    const { http, metrics } = this.#options;
    if (http) {
      this.#http = await startHttpEndpoints({
        ...http,
        registry: metrics.registry,
        ready: () => this.ready(),
        live: () => this.live(),
      });
    }
    const failure = Promise.withResolvers<never>();
    failure.promise.catch(() => undefined);
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const holding = new AbortController();
    const tasks: Promise<void>[] = [];
    const spawn = (task: Promise<void>): void => void tasks.push(task.catch((error: unknown) => failure.reject(error)));
    try {
      for (const informer of this.#informers) informer.start();
      this.#runnables.filter(({ leaderOnly }) => leaderOnly === false).forEach((runnable) => spawn(runnable.run(stop)));
      const lead = async (): Promise<void> => {
        await Promise.all([...this.#informers].map((informer) => informer.synced));
        if (stop.aborted || (this.#elector && !(await this.#elector.acquire(stop)))) return;
        if (this.#elector) spawn(this.#elector.hold(holding.signal));
        this.#leading = true;
        this.#controllers.forEach((controller) => controller.start());
        this.#runnables
          .filter(({ leaderOnly }) => leaderOnly !== false)
          .forEach((runnable) => spawn(runnable.run(stop)));
      };
      await Promise.race([lead().then(() => aborted), aborted, failure.promise]);
    } catch (error) {
      // Another replica may act already: nothing here is worth waiting for.
      if (error instanceof LeadershipLostError) drainMs = LOST_DRAIN_MS;
      throw error;
    } finally {
      ending.abort(new Error('shutting down'));
      await this.#shutdown(holding, tasks, drainMs);
    }
  }

  async #shutdown(holding: AbortController, tasks: readonly Promise<void>[], timeoutMs: number): Promise<void> {
    const drained = await Promise.all(this.#controllers.map((controller) => controller.stop(timeoutMs)));
    if (drained.includes(false)) this.logger.warn('some reconciles did not end in time');
    await this.events.close(Math.min(2_000, timeoutMs));
    this.#leading = false;
    // The Lease is renewed until nothing writes any more.
    holding.abort();
    await within(this.clock, timeoutMs, Promise.all(tasks));
    if (!drained.includes(false)) await this.#elector?.release();
    await Promise.all([...this.#informers].map((informer) => informer.stop()));
    await this.#http?.close();
  }
}

async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  let cancel: (() => void) | undefined;
  const timeout = new Promise<void>((resolve) => (cancel = clock.timer(ms, resolve)));
  await Promise.race([work, timeout]);
  cancel?.();
}
