import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { RUNTIME_METRICS } from '@collabnet/telemetry';
import type { Logger, Metrics } from '@collabnet/telemetry';
import type { Clock } from './clock.ts';
import { jitter, rfc3339Micro, sleep, systemClock } from './clock.ts';
import { LeadershipLostError } from './errors.ts';
import type { KubeClient } from './kube-client.ts';
import { isConflict } from './kube-error.ts';
import type { KubeObject } from './kube-types.ts';
import { linkedSignal } from './linked-signal.ts';
import { CORE } from './resource-types.ts';

export interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string | undefined;
    leaseDurationSeconds?: number | undefined;
    acquireTime?: string | undefined;
    renewTime?: string | undefined;
    leaseTransitions?: number | undefined;
  };
}

export interface LeaderOptions {
  readonly client: KubeClient;
  /** Name of the Lease. */
  readonly name: string;
  readonly namespace?: string | undefined;
  /** Default: host name and a random part, so that a restarted process is a new candidate. */
  readonly identity?: string | undefined;
  /** Others may take over this long after the last renewal they saw. Default 15 000 ms. */
  readonly leaseDurationMs?: number | undefined;
  /** The leader gives up when it could not renew for this long. Default 10 000 ms. */
  readonly renewDeadlineMs?: number | undefined;
  /** Time between attempts. Default 2 000 ms. */
  readonly retryPeriodMs?: number | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock | undefined;
}

/**
 * Leader election over a Lease, optimistic by resourceVersion. Durations are taken from the monotonic clock;
 * the times in the Lease are for people: no candidate compares them with its own clock.
 */
export class LeaderElector {
  readonly identity: string;
  readonly #options: LeaderOptions;
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  /** Last state of the Lease, and when this process first saw it (monotonic). */
  #observed: { resourceVersion: string; at: number } | undefined;
  #held: Lease | undefined;
  /** Monotonic time before which the Lease is surely ours. */
  #validUntil = -Infinity;

  constructor(options: LeaderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.identity = options.identity ?? `${hostname()}_${randomUUID()}`;
    this.#leaseMs = options.leaseDurationMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryMs = options.retryPeriodMs ?? 2_000;
    if (!(this.#leaseMs > this.#renewDeadlineMs && this.#renewDeadlineMs > this.#retryMs)) {
      throw new TypeError('leader election needs leaseDurationMs > renewDeadlineMs > retryPeriodMs');
    }
    options.metrics.gauge(RUNTIME_METRICS.leader, (gauge) =>
      gauge.set(this.isLeader() ? 1 : 0),
    );
  }

  /** True while the Lease is surely held, even if the process was stopped for a while. */
  isLeader(): boolean {
    return this.#held !== undefined && this.#clock.monotonic() < this.#validUntil;
  }

  /** Throws unless this process may write; for {@link KubeClient.fenced}. @throws LeadershipLostError */
  readonly fence = (): void => {
    if (!this.isLeader()) throw new LeadershipLostError('this process does not hold the leader lease');
  };

  /** Waits until the Lease is acquired. @returns false when `signal` aborted first */
  async acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#attempt(signal)) {
        this.#options.logger.info({ lease: this.#options.name, identity: this.identity }, 'became leader');
        return true;
      }
      await sleep(this.#clock, jitter(this.#clock, this.#retryMs), signal);
    }
    return false;
  }

  /**
   * Renews until `signal` aborts.
   *
   * @throws LeadershipLostError when it could not renew in time, or another candidate holds the Lease
   */
  async hold(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#clock, this.#retryMs, signal);
      if (signal.aborted) return;
      await this.#attempt(signal);
      if (!signal.aborted && (this.#held === undefined || !this.isLeader())) {
        this.#held = undefined;
        throw new LeadershipLostError(`lost the lease ${this.#options.name}`);
      }
    }
  }

  /** Gives the Lease back, so that another candidate need not wait for its end. Never throws. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    try {
      const spec = {
        ...held.spec,
        holderIdentity: '',
        leaseDurationSeconds: 1,
        renewTime: rfc3339Micro(this.#clock.now()),
      };
      await this.#options.client.replace(CORE.lease, { ...held, spec }, { timeoutMs: this.#retryMs });
    } catch (error) {
      this.#options.logger.warn({ err: error, lease: this.#options.name }, 'could not release the lease');
    }
  }

  /** One try to create, take or renew. @returns whether the Lease is ours now */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    const startedAt = this.#clock.monotonic();
    using linked = linkedSignal([signal], this.#renewDeadlineMs / 2);
    try {
      const lease = await this.#read(linked.signal);
      if (lease && !this.#mayTake(lease)) {
        if (this.#held)
          this.#options.logger.error({ holder: lease.spec?.holderIdentity }, 'another candidate holds the lease');
        this.#held = undefined;
        return false;
      }
      this.#held = await this.#write(lease, linked.signal);
      this.#observed = { resourceVersion: this.#held.metadata.resourceVersion ?? '', at: startedAt };
      // Counted from before the write: others count from when they see it.
      this.#validUntil = startedAt + this.#renewDeadlineMs;
      return true;
    } catch (error) {
      if (!signal.aborted && !isConflict(error))
        this.#options.logger.warn({ err: error, lease: this.#options.name }, 'lease attempt failed');
      return false;
    }
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    const { client, name, namespace } = this.#options;
    const lease = await client.find<Lease>(CORE.lease, name, { namespace, signal });
    const resourceVersion = lease?.metadata.resourceVersion ?? '';
    if (lease && this.#observed?.resourceVersion !== resourceVersion) {
      this.#observed = { resourceVersion, at: this.#clock.monotonic() };
    }
    return lease;
  }

  #mayTake(lease: Lease): boolean {
    const holder = lease.spec?.holderIdentity;
    if (!holder || holder === this.identity) return true;
    const duration = Math.max(this.#leaseMs, (lease.spec?.leaseDurationSeconds ?? 0) * 1000);
    return this.#clock.monotonic() >= (this.#observed?.at ?? Infinity) + duration;
  }

  #write(lease: Lease | undefined, signal: AbortSignal): Promise<Lease> {
    const { client, name, namespace } = this.#options;
    const now = rfc3339Micro(this.#clock.now());
    const mine = lease?.spec?.holderIdentity === this.identity;
    const spec = {
      holderIdentity: this.identity,
      leaseDurationSeconds: Math.ceil(this.#leaseMs / 1000),
      acquireTime: mine ? (lease.spec?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (lease?.spec?.leaseTransitions ?? 0) + (lease && !mine ? 1 : 0),
    };
    if (!lease)
      return client.create<Lease>(
        CORE.lease,
        { metadata: { name, namespace: namespace ?? client.namespace }, spec },
        { signal },
      );
    return client.replace<Lease>(CORE.lease, { ...lease, spec }, { signal });
  }
}
