import { ProxyError } from '../errors.ts';
import type { FlowGate, GatePass, GateRequest } from './flow-gate.ts';

export interface GateWatchOptions {
  /** Time between two questions; default 1000 ms. */
  readonly intervalMs?: number | undefined;
  /** Longest time without an answer before the stream is cut; default 5000 ms. */
  readonly maxStalenessMs?: number | undefined;
  readonly now?: (() => number) | undefined;
}

/** Keeps asking the gate while a stream runs and aborts the signal, its reason a {@link ProxyError}, when it may not go on. */
export class GateWatch {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;
  #confirmedAt: number;
  #until: number;
  #asking = false;

  constructor(gate: FlowGate, request: GateRequest, first: GatePass, options: GateWatchOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.#confirmedAt = this.#now();
    this.#until = first.until;
    const maxStalenessMs = options.maxStalenessMs ?? 5000;
    this.#timer = setInterval(() => {
      const now = this.#now();
      if (now >= this.#until) this.#cut(new ProxyError('LEASE_LAPSED', 'The ledger has not renewed this attempt; its lease has lapsed.'));
      else if (now - this.#confirmedAt > maxStalenessMs) {
        this.#cut(new ProxyError('LEDGER_UNAVAILABLE', `The ledger has not confirmed this read for ${maxStalenessMs} ms; check the connection to it.`));
      } else if (!this.#asking) this.#ask(gate, request);
    }, options.intervalMs ?? 1000);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #ask(gate: FlowGate, request: GateRequest): void {
    this.#asking = true;
    const asked = this.#now();
    gate
      .check(request)
      .then((pass) => {
        this.#confirmedAt = asked;
        this.#until = pass.until;
      })
      .catch((error: unknown) => {
        // Not being able to ask is bounded by staleness above; a no is final.
        if (!(error instanceof ProxyError && error.code === 'LEDGER_UNAVAILABLE')) this.#cut(error);
      })
      .finally(() => (this.#asking = false));
  }

  #cut(reason: unknown): void {
    this.stop();
    this.#controller.abort(reason);
  }
}
