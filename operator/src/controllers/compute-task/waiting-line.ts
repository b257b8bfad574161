import type { TaskPriority } from '@collabnet/crds';
import { QUOTA_LOOK_MS } from './build/queued.ts';

/** Who waits asks again well within this; who does not has given up, ms. */
const WAITING_BOUND_MS = 3 * QUOTA_LOOK_MS;
const RANK: Readonly<Record<TaskPriority, number>> = { High: 0, Normal: 1, Low: 2 };

/** One that asks for a place. */
export interface Waiter {
  readonly name: string;
  readonly priority: TaskPriority;
  /** Whose it is: one group shares one quota. */
  readonly group: string;
  /** Places that the quota of its group leaves. */
  readonly room: number;
}

interface Waiting extends Waiter {
  readonly since: number;
  readonly asked: number;
}

/** How many go before one that asks. Of another group these are no more than its quota would let through now. */
export interface Before {
  readonly ofGroup: number;
  readonly ofOthers: number;
}

/** Who waits for a place, by priority and then by time. It is memory only: after a restart everyone asks again. */
export class WaitingLine {
  readonly #waiting = new Map<string, Waiting>();

  /** Takes one into the line, or finds it there, and tells who goes before it. @param now ms */
  ask(waiter: Waiter, now: number): Before {
    const own = { ...waiter, since: this.#waiting.get(waiter.name)?.since ?? now, asked: now };
    this.#waiting.set(waiter.name, own);
    const before = new Map<string, { count: number; room: number; asked: number }>();
    for (const other of this.#waiting.values()) {
      if (now - other.asked > WAITING_BOUND_MS) this.#waiting.delete(other.name);
      else if (other.name !== own.name && goesBefore(other, own)) {
        const { count = 0, room = 0, asked = -Infinity } = before.get(other.group) ?? {};
        // The latest of a group knows best what its quota leaves.
        before.set(other.group, { count: count + 1, ...(other.asked >= asked ? { room: other.room, asked: other.asked } : { room, asked }) });
      }
    }
    const ofGroup = before.get(own.group)?.count ?? 0;
    before.delete(own.group);
    return { ofGroup, ofOthers: [...before.values()].reduce((sum, { count, room }) => sum + Math.min(count, room), 0) };
  }

  leave(name: string): void {
    this.#waiting.delete(name);
  }
}

function goesBefore(a: Waiting, b: Waiting): boolean {
  const [rankA, rankB] = [RANK[a.priority], RANK[b.priority]];
  return rankA === rankB ? a.since < b.since : rankA < rankB;
}
