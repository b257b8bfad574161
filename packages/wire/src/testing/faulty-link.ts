import type { DatagramLink } from '../datagram-link.ts';

/** What befalls datagrams, as probabilities; `alter` and `truncate` change a copy. */
export interface Faults {
  lose?: number;
  repeat?: number;
  reorder?: number;
  alter?: number;
  truncate?: number;
  /** Milliseconds each datagram takes. */
  latencyMs?: number;
  /** Sees every datagram before it is sent on; false drops it. */
  intercept?: (bytes: Buffer) => boolean;
}

/** One end of a pair in this process that forgets, repeats, shuffles and damages; counts what it did. */
export class FaultyLink implements DatagramLink {
  faults: Faults = {};
  sent = 0;
  damaged = 0;
  #peer: FaultyLink | undefined;
  #listener: ((bytes: Uint8Array) => void) | undefined;
  #held: Buffer | undefined;

  static pair(): [FaultyLink, FaultyLink] {
    const [a, b] = [new FaultyLink(), new FaultyLink()];
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  onMessage(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  /** Puts bytes into the peer's listener as if this end had sent them. */
  inject(bytes: Uint8Array): void {
    setImmediate(() => this.#peer?.arrive(Buffer.from(bytes)));
  }

  arrive(bytes: Uint8Array): void {
    this.#listener?.(bytes);
  }

  send(bytes: Uint8Array): void {
    this.sent += 1;
    let copy = Buffer.from(bytes);
    const { lose = 0, repeat = 0, reorder = 0, alter = 0, truncate = 0, intercept } = this.faults;
    if (intercept && !intercept(copy)) return;
    if (Math.random() < lose) return;
    if (Math.random() < alter) {
      const at = Math.floor(Math.random() * copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
      this.damaged += 1;
    }
    if (Math.random() < truncate) {
      copy = copy.subarray(0, Math.floor(Math.random() * copy.length));
      this.damaged += 1;
    }
    if (this.#held === undefined && Math.random() < reorder) {
      this.#held = copy;
      return;
    }
    this.#pass(copy);
    if (Math.random() < repeat) this.#pass(copy);
    if (this.#held) {
      this.#pass(this.#held);
      this.#held = undefined;
    }
  }

  #pass(bytes: Buffer): void {
    const deliver = (): void => this.#peer?.arrive(bytes);
    if (this.faults.latencyMs) setTimeout(deliver, this.faults.latencyMs);
    else setImmediate(deliver);
  }
}
