import type { TaskPriority } from '@collabnet/crds';
import { WaitingLine } from '../waiting-line.ts';

/** A flow that was proposed is on the ledger long before, ms. */
const COMING_BOUND_MS = 30_000;

/** Which own tasks may be proposed, with a quota of open ones. Only the leader proposes, so the count is exact within this process and the ledger. */
export class Proposals {
  /** Flows that were let through and that the ledger may not show yet. */
  readonly #coming = new Map<string, number>();
  readonly #line = new WaitingLine();

  /**
   * Whether a flow may be proposed; asking again for the same one changes nothing. Who has to wait does so by priority.
   *
   * @param open ids of own flows that have not ended
   * @param most so many may be open
   * @param now ms
   */
  mayPropose(flowId: string, priority: TaskPriority, open: ReadonlySet<string>, most: number, now: number): boolean {
    for (const [coming, since] of this.#coming) if (open.has(coming) || now - since > COMING_BOUND_MS) this.#coming.delete(coming);
    const room = most - open.size - [...this.#coming.keys()].filter((coming) => coming !== flowId).length;
    if (!this.#coming.has(flowId) && this.#line.ask({ name: flowId, priority, group: '', room }, now).ofGroup >= room) return false;
    this.#line.leave(flowId);
    this.#coming.set(flowId, now);
    return true;
  }

  /** A flow that the ledger refused is not coming. */
  refused(flowId: string): void {
    this.#coming.delete(flowId);
  }
}
