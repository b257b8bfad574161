import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { RUNTIME_METRICS } from '@collabnet/telemetry';
import type { Counter, Logger, Metrics } from '@collabnet/telemetry';
import { scrub } from '@collabnet/telemetry';
import type { Clock } from './clock.ts';
import { rfc3339Micro, systemClock } from './clock.ts';
import type { KubeClient } from './kube-client.ts';
import { isNotFound } from './kube-error.ts';
import type { KubeObject } from './kube-types.ts';
import { CORE } from './resource-types.ts';
import { TokenBucket } from './token-bucket.ts';

export interface EventInput {
  readonly type: 'Normal' | 'Warning';
  /** The same CamelCase word as the reason of the condition that changed. */
  readonly reason: string;
  readonly message: string;
  /** What was done, CamelCase. Default `Reconcile`. */
  readonly action?: string | undefined;
}

export interface EventRecorder {
  /** Queues an event about an object. Returns at once and never throws; what cannot be sent is counted and dropped. */
  record(regarding: KubeObject, event: EventInput): void;
}

export interface EventSinkOptions {
  readonly client: KubeClient;
  /** For example `collabnet.dev/operator`. */
  readonly reportingController: string;
  readonly reportingInstance?: string | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock | undefined;
}

interface Series {
  readonly name: string;
  readonly namespace: string;
  count: number;
  lastAt: number;
  dirty: boolean;
  created: boolean;
}

const SERIES_TTL_MS = 6 * 60_000;
/** Repeats of one event are written together, this often. */
const SERIES_FLUSH_MS = 5_000;
const MAX_PENDING = 1_000;
const MAX_TRACKED = 4_096;
/** As client-go's spam filter: 25 at once about one object, then one in five minutes. */
const BURST = 25;
const REFILL_MS = 300_000;

interface Pending {
  readonly regarding: KubeObject;
  readonly event: EventInput;
  readonly at: number;
  readonly series: Series;
}

/** Writes events.k8s.io/v1 Events in the background: equal ones become one series, noisy objects are limited. */
export class EventSink implements EventRecorder {
  readonly #options: EventSinkOptions;
  readonly #clock: Clock;
  readonly #dropped: Counter<'why'>;
  readonly #sent: Counter<'type'>;
  readonly #series = new Map<string, Series>();
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #pending: Pending[] = [];
  #sending: Promise<void> | undefined;
  #cancelFlush: (() => void) | undefined;
  #closed = false;

  constructor(options: EventSinkOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#dropped = options.metrics.counter(RUNTIME_METRICS.eventsDropped);
    this.#sent = options.metrics.counter(RUNTIME_METRICS.eventsSent);
  }

  record(regarding: KubeObject, event: EventInput): void {
    try {
      if (!this.#closed) this.#accept(regarding, event);
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'event not recorded');
    }
  }

  /** Writes what is queued, at most `timeoutMs` long, and takes nothing more. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    this.#cancelFlush?.();
    this.#send();
    let cancel: (() => void) | undefined;
    const timeout = new Promise<void>((resolve) => (cancel = this.#clock.timer(timeoutMs, resolve)));
    await Promise.race([this.#flushSeries(), timeout]);
    cancel?.();
  }

  #accept(regarding: KubeObject, event: EventInput): void {
    const now = this.#clock.now();
    const uid = regarding.metadata.uid ?? `${regarding.metadata.namespace}/${regarding.metadata.name}`;
    const id = [uid, event.type, event.reason, event.action ?? '', event.message].join('\n');
    const known = this.#series.get(id);
    if (known && now - known.lastAt < SERIES_TTL_MS) {
      known.count += 1;
      known.lastAt = now;
      known.dirty = true;
      this.#cancelFlush ??= this.#clock.timer(SERIES_FLUSH_MS, () => {
        this.#cancelFlush = undefined;
        void this.#flushSeries();
      });
      return;
    }
    if (this.#pending.length >= MAX_PENDING) return void this.#dropped.inc({ why: 'queue_full' });
    if (!this.#bucket(uid).take()) return void this.#dropped.inc({ why: 'rate_limited' });
    const namespace = regarding.metadata.namespace ?? 'default';
    const name = `${regarding.metadata.name.slice(0, 230)}.${randomBytes(8).toString('hex')}`;
    const series: Series = { name, namespace, count: 1, lastAt: now, dirty: false, created: false };
    trim(this.#series);
    this.#series.delete(id);
    this.#series.set(id, series);
    this.#pending.push({ regarding, event, at: now, series });
    this.#send();
  }

  #bucket(uid: string): TokenBucket {
    const known = this.#buckets.get(uid);
    if (known) return known;
    trim(this.#buckets);
    const created = new TokenBucket(this.#clock, BURST, REFILL_MS);
    this.#buckets.set(uid, created);
    return created;
  }

  #send(): void {
    this.#sending ??= this.#drain().finally(() => (this.#sending = undefined));
  }

  async #drain(): Promise<void> {
    for (let next = this.#pending.shift(); next; next = this.#pending.shift()) {
      const item = next;
      await this.#attempt(async () => {
        await this.#options.client.create(CORE.event, this.#toEvent(item));
        item.series.created = true;
        this.#sent.inc({ type: item.event.type });
      });
    }
  }

  async #flushSeries(): Promise<void> {
    await this.#sending;
    for (const series of [...this.#series.values()].filter(({ dirty, created }) => dirty && created)) {
      series.dirty = false;
      const body = { series: { count: series.count, lastObservedTime: rfc3339Micro(series.lastAt) } };
      await this.#attempt(async () => {
        await this.#options.client.patch(CORE.event, series.name, body, {
          strategy: 'merge',
          namespace: series.namespace,
        });
      });
    }
  }

  async #attempt(send: () => Promise<void>): Promise<void> {
    try {
      await send();
    } catch (error) {
      this.#dropped.inc({ why: 'error' });
      // A namespace that is being removed refuses events; that is no news.
      if (!isNotFound(error)) this.#options.logger.warn({ err: error }, 'event not written');
    }
  }

  #toEvent({ regarding, event, at, series }: Pending): KubeObject {
    const { apiVersion, kind, metadata } = regarding;
    return {
      metadata: { name: series.name, namespace: series.namespace },
      eventTime: rfc3339Micro(at),
      type: event.type,
      reason: event.reason.slice(0, 128),
      action: (event.action ?? 'Reconcile').slice(0, 128),
      note: scrub(event.message).slice(0, 1_024),
      regarding: {
        apiVersion,
        kind,
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
      },
      reportingController: this.#options.reportingController,
      reportingInstance: (this.#options.reportingInstance ?? hostname()).slice(0, 128),
    } as KubeObject;
  }
}

/** Keeps a map bounded by dropping its oldest entry. */
function trim(map: Map<string, unknown>): void {
  if (map.size < MAX_TRACKED) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
