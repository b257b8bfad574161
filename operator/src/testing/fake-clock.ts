import type { Clock } from '../runtime/clock.ts';

/** A clock that stands still until it is told. */
export class FakeClock implements Clock {
  #now = 1_800_000_000_000;
  #monotonic = 1_000;
  #sequence = 0;
  #timers: { at: number; order: number; fire: () => void }[] = [];
  randomValue = 0.5;

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  random(): number {
    return this.randomValue;
  }

  timer(ms: number, fire: () => void): () => void {
    const timer = { at: this.#monotonic + ms, order: this.#sequence++, fire };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Moves the wall clock alone, as an administrator or NTP would. */
  setWall(ms: number): void {
    this.#now = ms;
  }

  /** Lets time pass, fires what falls due in order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order);
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now += next.at - this.#monotonic;
      this.#monotonic = next.at;
      next.fire();
      await settle();
    }
    this.#now += end - this.#monotonic;
    this.#monotonic = end;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve));
}
