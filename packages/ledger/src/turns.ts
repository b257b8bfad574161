import { LedgerError } from './errors.ts';

/** Bounds how many requests of one sender are under way: no sender can fill the queue for the others. */
export class Turns {
  readonly #most: number;
  readonly #pending = new Map<string, number>();

  /** @param most of one sender at a time */
  constructor(most: number) {
    this.#most = most;
  }

  /** Does the work, unless too much of this sender's is under way. @throws LedgerError UNAVAILABLE; what `work` throws */
  async take<T>(from: string, work: () => Promise<T>): Promise<T> {
    const pending = this.#pending.get(from) ?? 0;
    if (pending >= this.#most) throw new LedgerError('UNAVAILABLE', `${pending} requests of this sender are waiting; send it again`);
    this.#pending.set(from, pending + 1);
    try {
      return await work();
    } finally {
      const left = (this.#pending.get(from) ?? 1) - 1;
      if (left === 0) this.#pending.delete(from);
      else this.#pending.set(from, left);
    }
  }
}
