import type { TaskPriority } from '@collabnet/crds';
import type { Informer } from '../../runtime/index.ts';
import { QUEUE_LOOK_MS } from './build/queued.ts';
import type { ComputePod } from './build/pod-fault.ts';

/** A pod that was created is in the cache long before, ms. */
const CACHE_BOUND_MS = 30_000;
/** Who waits asks again well within this; who does not has given up, ms. */
const WAITING_BOUND_MS = 5 * QUEUE_LOOK_MS;
const OVER = ['Succeeded', 'Failed'];
const RANK: Readonly<Record<TaskPriority, number>> = { High: 0, Normal: 1, Low: 2 };

interface Waiting {
  readonly rank: number;
  readonly since: number;
  readonly asked: number;
}

/**
 * How many attempts of this institution may have a pod at once. What each courier may have on the way is a fixed share of
 * the institution's window, so the window holds as long as the number of couriers does: neither has to be told of the
 * others. Only the leader makes pods, hence the count is exact within this process and the cache.
 *
 * Who finds no room waits behind those of higher priority and those of the same that came before (requirement 87). A new
 * leader knows none of them, and within one look all have asked it again.
 */
export class AttemptSlots {
  readonly #most: number;
  readonly #pods: Pick<Informer<ComputePod>, 'list'>;
  /** Names that were let through and that the cache may not show yet. */
  readonly #coming = new Map<string, number>();
  readonly #waiting = new Map<string, Waiting>();

  constructor(most: number, pods: Pick<Informer<ComputePod>, 'list'>) {
    this.#most = most;
    this.#pods = pods;
  }

  /** Lets a pod be made, if there is room and nobody goes before it; asking again for the same one changes nothing. @param now ms */
  take(name: string, now: number, priority: TaskPriority): boolean {
    const used = this.#used(now);
    if (!used.has(name) && !this.#turn(name, now, priority, used.size)) return false;
    this.#coming.set(name, now);
    return true;
  }

  /** Whether an attempt could have a pod now, which is not made yet. @param name of who asks, such as a flow id; @param now ms */
  hasRoom(name: string, now: number, priority: TaskPriority): boolean {
    return this.#turn(name, now, priority, this.#used(now).size);
  }

  #turn(name: string, now: number, priority: TaskPriority, used: number): boolean {
    const own: Waiting = { rank: RANK[priority], since: this.#waiting.get(name)?.since ?? now, asked: now };
    let before = 0;
    for (const [other, waiting] of this.#waiting) {
      if (now - waiting.asked > WAITING_BOUND_MS) this.#waiting.delete(other);
      else if (other !== name && goesBefore(waiting, own)) before += 1;
    }
    if (used + before < this.#most) {
      this.#waiting.delete(name);
      return true;
    }
    this.#waiting.set(name, own);
    return false;
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

function goesBefore(a: Waiting, b: Waiting): boolean {
  return a.rank === b.rank ? a.since < b.since : a.rank < b.rank;
}
