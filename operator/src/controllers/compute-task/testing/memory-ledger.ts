import { ContractError, execute, genesis, MemoryWorldState, networkIdOf, OverlayState, query, type GenesisPayload } from '@collabnet/contracts';
import type { Driver } from '@collabnet/contracts/testing';
import { transactionDigest, type Json, type JsonObject, type SignedTransaction } from '@collabnet/envelope';
import { LedgerError, type Ledger, type LedgerEvent, type SubmitResult, type VerifiedHead } from '@collabnet/ledger';

/** The real contracts over state in memory, by the real clock; several members may share it. For tests. */
export class MemoryChain implements Driver {
  readonly networkId: string;
  /** Set to make every submit and every fresh read fail, as an unreachable host does. */
  unreachable = false;
  readonly #state = new MemoryWorldState();
  readonly #listeners = new Set<(events: LedgerEvent[]) => void>();
  readonly #times: number[] = [0];
  #height = 0;
  #ahead = 0;

  constructor(payload: GenesisPayload) {
    this.networkId = networkIdOf(payload);
    const overlay = new OverlayState(this.#state);
    genesis(overlay, payload);
    this.#state.apply(0, overlay.writes());
  }

  get height(): number {
    return this.#height;
  }

  now(): number {
    return Date.now() + this.#ahead;
  }

  advanceTime(ms: number): void {
    this.#ahead += ms;
  }

  async execute(tx: SignedTransaction): ReturnType<Driver['execute']> {
    await Promise.resolve();
    if (this.unreachable) throw new LedgerError('UNAVAILABLE', 'nobody answers');
    const height = this.#height + 1;
    const overlay = new OverlayState(this.#state);
    const outcome = execute(overlay, { time: this.now(), height, networkId: this.networkId }, tx);
    this.#state.apply(height, overlay.writes());
    this.#height = height;
    this.#times[height] = this.now();
    const events = outcome.events.map((event, index) => ({ ...event, height, time: this.now(), index, transaction: outcome.digest }));
    for (const listener of this.#listeners) listener(events);
    return { ...outcome, height };
  }

  async query(contract: string, method: string, args: JsonObject): Promise<Json> {
    await Promise.resolve();
    return query(this.#state, { time: this.now(), height: this.#height, networkId: this.networkId }, contract, method, args);
  }

  /** The chain as one member's port. */
  ledger(): Ledger {
    const asLedger = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        if (error instanceof ContractError) throw new LedgerError(error.code, error.message, { cause: error });
        throw error;
      }
    };
    return {
      clockOffsetMs: 0,
      networkId: this.networkId,
      head: (): VerifiedHead => ({ height: this.#height, hash: 'ab'.repeat(32), stateRoot: 'cd'.repeat(32), time: this.now(), verifiedAt: Date.now() }),
      submit: async (tx): Promise<SubmitResult> => {
        const { height } = await asLedger(this.execute(tx));
        return { height, digest: transactionDigest(tx.payload) };
      },
      evaluate: async <T>(contract: string, method: string, args: JsonObject, options: { maxStalenessMs?: number } = {}): Promise<T> => {
        if (this.unreachable && options.maxStalenessMs !== undefined) throw new LedgerError('STALE', 'the view is too old');
        return (await asLedger(this.query(contract, method, args))) as T;
      },
      // eslint-disable-next-line require-yield
      events: async function* () {
        await Promise.resolve();
      },
      onChange: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      transactionAt: () => undefined,
      blockTime: (height) => this.#times[height],
      prove: () => Promise.reject(new LedgerError('UNAVAILABLE', 'no proofs in memory')),
      close: () => Promise.resolve(),
    };
  }
}
