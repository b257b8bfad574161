const minimumMs = 200;
const maximumMs = 5_000;

/** Retransmission timeout after RFC 6298, with a floor and a ceiling that fit a hub between two sites. */
export class RetransmissionTimeout {
  #smoothed: number | undefined;
  #variance = 0;
  #backOff = 1;

  get ms(): number {
    const base = this.#smoothed === undefined ? 1_000 : this.#smoothed + Math.max(10, 4 * this.#variance);
    return Math.min(maximumMs, Math.max(minimumMs, base) * this.#backOff);
  }

  /** Only for frames sent once (Karn): the answer to a repeated one is ambiguous. */
  sample(roundTripMs: number): void {
    if (this.#smoothed === undefined) {
      this.#smoothed = roundTripMs;
      this.#variance = roundTripMs / 2;
    } else {
      this.#variance = 0.75 * this.#variance + 0.25 * Math.abs(this.#smoothed - roundTripMs);
      this.#smoothed = 0.875 * this.#smoothed + 0.125 * roundTripMs;
    }
  }

  /** Whether nothing has arrived since the last expiry. */
  get backedOff(): boolean {
    return this.#backOff > 1;
  }

  progress(): void {
    this.#backOff = 1;
  }

  expired(): void {
    this.#backOff = Math.min(16, this.#backOff * 2);
  }
}
