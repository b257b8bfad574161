import type { TaskPriority } from '@collabnet/crds';
import type { Informer } from '../../runtime/index.ts';
import { ANNOTATION_PROPOSER } from './build/names.ts';
import type { ComputePod } from './build/pod-fault.ts';
import { WaitingLine } from './waiting-line.ts';

/** A pod that was created is in the cache long before, and a flow that was confirmed has opened, ms. */
const COMING_BOUND_MS = 30_000;
const OVER = ['Succeeded', 'Failed'];

/** Who asks for a place. */
export interface Claim {
  /** Name of the pod, or id of the flow that asks to be opened. */
  readonly name: string;
  readonly priority: TaskPriority;
  /** DID of the institution whose task it is. */
  readonly proposer: string;
  /** Most attempts of its tasks at once. Absent: as many as there is room for. */
  readonly quota?: number | undefined;
}

/** Granted, or why not, as the condition Ready says it. */
export type Answer = 'Granted' | 'Queued' | 'QuotaExceeded';

interface Coming {
  readonly since: number;
  readonly proposer: string;
}

/**
 * How many attempts of this institution may have a pod at once, of all proposers together and of each by its quota. What each
 * courier may have on the way is a fixed share of the institution's window, so the window holds as long as the number of
 * couriers does: neither has to be told of the others. Only the leader makes pods, hence the count is exact within this
 * process and the cache.
 *
 * Who finds no room waits behind those of higher priority and those of the same that came before, but behind no more of one
 * proposer than its quota lets through (requirement 87). A new leader knows none of them, and within one look all have asked it again.
 */
export class AttemptSlots {
  readonly #most: number;
  readonly #pods: Pick<Informer<ComputePod>, 'list'>;
  /** Pods that were let through and that the cache may not show yet. */
  readonly #coming = new Map<string, Coming>();
  /** Flows that were let through and that may not have opened yet. */
  readonly #opening = new Map<string, Coming>();
  readonly #line = new WaitingLine();

  constructor(most: number, pods: Pick<Informer<ComputePod>, 'list' | 'on'>) {
    this.#most = most;
    this.#pods = pods;
    // One that came and went while nobody asked does not go on to hold a place.
    pods.on({ delete: ({ metadata }) => this.#coming.delete(metadata.name) });
  }

  /** Lets a pod be made, if there is room and nobody goes before it; asking again for the same one changes nothing. @param now ms */
  take(claim: Claim, now: number): Answer {
    const { name, proposer } = claim;
    const used = this.#used(now);
    const answer = used.has(name) ? 'Granted' : this.#turn(claim, 'pod', now, used, sizeOf(used, proposer));
    if (answer === 'Granted') this.#coming.set(name, { since: now, proposer });
    return answer;
  }

  /**
   * Whether an attempt could have a pod now, which is not made yet.
   *
   * @param now ms
   * @param occupying flows of the proposer that have opened and are not done: each has a place of its quota, also between two attempts
   */
  hasRoom(claim: Claim, now: number, occupying: ReadonlySet<string> = new Set()): Answer {
    const { name, proposer } = claim;
    for (const [flow, { since }] of this.#opening) if (occupying.has(flow) || now - since > COMING_BOUND_MS) this.#opening.delete(flow);
    // Its place is kept when the confirmation came to nothing.
    const kept = this.#opening.has(name);
    const opening = [...this.#opening.values()].filter((each) => each.proposer === proposer).length;
    const answer = this.#turn(claim, 'flow', now, this.#used(now), occupying.size + opening, kept);
    if (answer === 'Granted') this.#opening.set(name, { since: now, proposer });
    return answer;
  }

  /** Who waits for something else keeps no place for itself. */
  leave(name: string): void {
    this.#line.leave(name);
  }

  /** How many attempts of a proposer's tasks have a pod. @param now ms */
  usedBy(proposer: string, now: number): number {
    return sizeOf(this.#used(now), proposer);
  }

  #turn({ name, priority, proposer, quota = Infinity }: Claim, kind: string, now: number, used: ReadonlyMap<string, string>, usedOfQuota: number, kept = false): Answer {
    const group = `${kind} ${proposer}`;
    const room = Math.max(0, quota - usedOfQuota);
    const { ofGroup, ofOthers } = this.#line.ask({ name, priority, group, room }, now);
    if (!kept && ofGroup >= room) return 'QuotaExceeded';
    if (used.size + Math.min(ofGroup, room) + ofOthers >= this.#most) return 'Queued';
    this.#line.leave(name);
    return 'Granted';
  }

  /** Names of pods to the proposers of their tasks. */
  #used(now: number): Map<string, string> {
    const used = new Map<string, string>();
    for (const { metadata, status } of this.#pods.list()) {
      this.#coming.delete(metadata.name);
      if (!OVER.includes(status?.phase ?? '')) used.set(metadata.name, metadata.annotations?.[ANNOTATION_PROPOSER] ?? '');
    }
    for (const [name, { since, proposer }] of this.#coming) {
      if (now - since > COMING_BOUND_MS) this.#coming.delete(name);
      else used.set(name, proposer);
    }
    return used;
  }
}

function sizeOf(used: ReadonlyMap<string, string>, proposer: string): number {
  return [...used.values()].filter((each) => each === proposer).length;
}
