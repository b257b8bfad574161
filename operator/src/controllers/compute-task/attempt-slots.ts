import type { Informer } from '../../runtime/index.ts';
import type { ComputePod } from './build/pod-fault.ts';

/** A pod that was created is in the cache long before, ms. */
const CACHE_BOUND_MS = 30_000;
const OVER = ['Succeeded', 'Failed'];

/**
 * How many attempts of this institution may have a pod at once. What each courier may have on the way is a fixed share of
 * the institution's window, so the window holds as long as the number of couriers does: neither has to be told of the
 * others. Only the leader makes pods, hence the count is exact within this process and the cache.
 */
export class AttemptSlots {
  readonly #most: number;
  readonly #pods: Pick<Informer<ComputePod>, 'list'>;
  /** Names that were let through and that the cache may not show yet. */
  readonly #coming = new Map<string, number>();

  constructor(most: number, pods: Pick<Informer<ComputePod>, 'list'>) {
    this.#most = most;
    this.#pods = pods;
  }

  /** Lets a pod be made, if there is room; asking again for the same one changes nothing. @param now ms */
  take(name: string, now: number): boolean {
    const used = this.#used(now);
    if (!used.has(name) && used.size >= this.#most) return false;
    this.#coming.set(name, now);
    return true;
  }

  /** Whether another attempt would have to wait. @param now ms */
  full(now: number): boolean {
    return this.#used(now).size >= this.#most;
  }

  #used(now: number): Set<string> {
    const used = new Set<string>();
    for (const { metadata, status } of this.#pods.list()) {
      this.#coming.delete(metadata.name);
      if (!OVER.includes(status?.phase ?? '')) used.add(metadata.name);
    }
    for (const [name, since] of this.#coming) {
      if (now - since > CACHE_BOUND_MS) this.#coming.delete(name);
      else used.add(name);
    }
    return used;
  }
}
