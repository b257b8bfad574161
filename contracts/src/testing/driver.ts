import type { Json, JsonObject, SignedTransaction } from '@collabnet/envelope';
import {
  type ContractEvent,
  type GenesisPayload,
  MemoryWorldState,
  OverlayState,
  execute,
  genesis,
  networkIdOf,
  query,
} from '../index.ts';

/** A ledger under test: the same suites run over every one. */
export interface Driver {
  readonly networkId: string;
  /** Time of the next block, ms. */
  now(): number;
  /** Moves the time of later blocks. */
  advanceTime(ms: number): void | Promise<void>;
  /** Resolves once the transaction is in a block; rejects with an error whose `code` is a contract error's. */
  execute(tx: SignedTransaction): Promise<{ digest: string; height: number; result: Json; events?: ContractEvent[] }>;
  query(contract: string, method: string, args: JsonObject): Promise<Json>;
  close?(): void | Promise<void>;
}

/** Founds a ledger; `sign` signs as the founder, for ledgers that check the signature under their genesis. */
export type MakeDriver = (payload: GenesisPayload, sign: (message: string) => string) => Driver | Promise<Driver>;

/** The rules over state in memory, one block per transaction. */
export class MemoryDriver implements Driver {
  readonly networkId: string;
  readonly state = new MemoryWorldState();
  #time: number;
  #height = 0;

  constructor(payload: GenesisPayload) {
    this.networkId = networkIdOf(payload);
    this.#time = payload.createdAt;
    const overlay = new OverlayState(this.state);
    genesis(overlay, payload);
    this.state.apply(0, overlay.writes());
  }

  now(): number {
    return this.#time;
  }

  advanceTime(ms: number): void {
    this.#time += ms;
  }

  execute(tx: SignedTransaction): ReturnType<Driver['execute']> {
    const height = this.#height + 1;
    const overlay = new OverlayState(this.state);
    return Promise.resolve().then(() => {
      const outcome = execute(overlay, { time: this.#time, height, networkId: this.networkId }, tx);
      this.state.apply(height, overlay.writes());
      this.#height = height;
      return { ...outcome, height };
    });
  }

  query(contract: string, method: string, args: JsonObject): Promise<Json> {
    const block = { time: this.#time, height: this.#height, networkId: this.networkId };
    return Promise.resolve().then(() => query(this.state, block, contract, method, args));
  }
}
