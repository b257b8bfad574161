import type { Logger, Metrics } from '@collabnet/telemetry';
import type { BackoffOptions } from './backoff.ts';
import { backoffDelay } from './backoff.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { queueMetrics } from './queue-metrics.ts';
import type { QueueMetrics } from './queue-metrics.ts';

export interface WorkQueueOptions {
  /** Value of the metric label `queue`. */
  readonly name: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock | undefined;
  /** Default 1 s to 5 min. */
  readonly backoff?: BackoffOptions | undefined;
}

/**
 * Keys to be worked on. A key waits at most once however often it is added, is handled by one worker at a time,
 * and is handled again when it was added meanwhile. First come, first served.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #clock: Clock;
  readonly #metrics: QueueMetrics;
  /** Waiting keys in order, with the time they were added. */
  readonly #ready = new Map<string, number>();
  readonly #active = new Map<string, number>();
  /** Added while active. */
  readonly #again = new Set<string>();
  readonly #delayed = new Map<string, { at: number; cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  #handler: ((key: string) => Promise<void>) | undefined;
  #workers = 0;
  #closed = false;
  #idle: (() => void) | undefined;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#metrics = queueMetrics(options.metrics);
    this.#metrics.observe(options.name, () => ({
      depth: this.#ready.size,
      delayed: this.#delayed.size,
      active: this.#active.size,
      longestSeconds: this.longestRunningMs() / 1000,
    }));
  }

  /** Keys that wait for a worker now. */
  get depth(): number {
    return this.#ready.size;
  }

  get active(): number {
    return this.#active.size;
  }

  /** Adds a key to be handled as soon as a worker is free. */
  add(key: string): void {
    if (this.#closed) return;
    if (this.#active.has(key)) this.#again.add(key);
    else if (!this.#ready.has(key)) {
      this.#ready.set(key, this.#clock.monotonic());
      this.#pump();
    }
  }

  /** Adds a key after a delay. Of several pending delays of one key the earliest counts. */
  addAfter(key: string, ms: number): void {
    if (this.#closed) return;
    if (!(ms > 0)) return this.add(key);
    const at = this.#clock.monotonic() + ms;
    const pending = this.#delayed.get(key);
    if (pending && pending.at <= at) return;
    pending?.cancel();
    const cancel = this.#clock.timer(ms, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, cancel });
  }

  /** Adds a key that failed: exponential delay, longer with each call until {@link forget}. Returns the delay in ms. */
  addRateLimited(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#metrics.retries.inc({ queue: this.#options.name });
    const delay = backoffDelay(this.#clock, this.#options.backoff ?? { baseMs: 1_000, maxMs: 300_000 }, failures);
    this.addAfter(key, delay);
    return delay;
  }

  /** Clears the failure count of a key. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Age of the oldest running handler in milliseconds; 0 when none runs. */
  longestRunningMs(): number {
    const now = this.#clock.monotonic();
    let longest = 0;
    for (const startedAt of this.#active.values()) longest = Math.max(longest, now - startedAt);
    return longest;
  }

  /** Starts the workers. A handler that rejects is logged and its key retried with back-off. */
  start(workers: number, handler: (key: string) => Promise<void>): void {
    if (this.#handler) throw new Error(`queue ${this.#options.name} was started already`);
    this.#handler = handler;
    this.#workers = workers;
    this.#pump();
  }

  /** Takes nothing more, drops what waits, and waits for running handlers. @returns false when some still run after `timeoutMs` */
  async drain(timeoutMs: number): Promise<boolean> {
    this.#closed = true;
    this.#ready.clear();
    this.#again.clear();
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    if (this.#active.size === 0) return true;
    return new Promise((resolve) => {
      const cancel = this.#clock.timer(timeoutMs, () => resolve(false));
      this.#idle = () => {
        cancel();
        resolve(true);
      };
    });
  }

  #pump(): void {
    while (this.#handler && this.#active.size < this.#workers) {
      const next = this.#ready.entries().next();
      if (next.done) return;
      const [key, addedAt] = next.value;
      this.#ready.delete(key);
      const now = this.#clock.monotonic();
      this.#active.set(key, now);
      this.#metrics.latency.observe({ queue: this.#options.name }, (now - addedAt) / 1000);
      void this.#work(key, this.#handler);
    }
  }

  async #work(key: string, handler: (key: string) => Promise<void>): Promise<void> {
    const startedAt = this.#clock.monotonic();
    try {
      await handler(key);
    } catch (error) {
      this.#options.logger.error({ err: error, key, queue: this.#options.name }, 'handler failed');
      this.addRateLimited(key);
    }
    this.#metrics.work.observe({ queue: this.#options.name }, (this.#clock.monotonic() - startedAt) / 1000);
    this.#active.delete(key);
    if (this.#again.delete(key)) this.add(key);
    this.#pump();
    if (this.#closed && this.#active.size === 0) this.#idle?.();
  }
}
