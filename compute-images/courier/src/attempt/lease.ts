import { CourierError } from '../errors.ts';

/** Counts down to a moment that can be moved; when it is reached, `onLapse` is told once. */
export class Lease {
  readonly #onLapse: (error: CourierError) => void;
  #timer: NodeJS.Timeout | undefined;
  #until = 0;

  constructor(onLapse: (error: CourierError) => void) {
    this.#onLapse = onLapse;
  }

  /** A lease is only ever extended: answers may overtake each other. @param until epoch ms */
  extend(until: number): void {
    if (until <= this.#until) return;
    this.#until = until;
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#until = Number.POSITIVE_INFINITY;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const wait = this.#until - Date.now();
    // Timers hold 31 bits; a longer lease is looked at again.
    if (wait > 0) this.#timer = setTimeout(() => this.#arm(), Math.min(wait, 2 ** 30));
    else this.#onLapse(new CourierError('LEASE_LAPSED', 'lease: not renewed in time; a grant may have ended', { retryable: true }));
  }
}
