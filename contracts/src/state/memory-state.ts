import type { Json } from '@collabnet/envelope';
import type { HistoryEntry, RangeOptions, StateEntry, StateWrite, WorldState } from './world-state.ts';

/**
 * World state in memory, for replicas without a file and for tests. Reads see the last commit; writing goes through
 * {@link MemoryWorldState.apply} with the write set of a block, so `put` and `delete` outside an overlay are refused.
 */
export class MemoryWorldState implements WorldState {
  readonly #values = new Map<string, string>();
  readonly #history = new Map<string, { height: number; text: string | undefined }[]>();
  readonly #keys: string[] = [];

  get(key: string): Json | undefined {
    const text = this.#values.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  put(key: string): void {
    throw new TypeError(`cannot put ${key} directly; write to an OverlayState and apply its writes`);
  }

  delete(key: string): void {
    throw new TypeError(`cannot delete ${key} directly; write to an OverlayState and apply its writes`);
  }

  range(prefix: string, options: RangeOptions): StateEntry[] {
    const { after = '', limit } = options;
    const found: StateEntry[] = [];
    for (
      let i = this.#position(prefix > after ? prefix : after);
      i < this.#keys.length && found.length < limit;
      i += 1
    ) {
      const key = this.#keys[i] ?? '';
      if (!key.startsWith(prefix)) break;
      if (key > after) found.push({ key, value: this.get(key) ?? null });
    }
    return found;
  }

  history(key: string): HistoryEntry[] {
    return (this.#history.get(key) ?? []).map(({ height, text }) =>
      text === undefined ? { height } : { height, value: JSON.parse(text) as Json },
    );
  }

  /** Keeps the writes of the block at `height`. */
  apply(height: number, writes: readonly StateWrite[]): void {
    for (const { key, value } of writes) {
      const text = value === null ? undefined : JSON.stringify(value);
      const past = this.#history.get(key) ?? [];
      past.push({ height, text });
      this.#history.set(key, past);
      const known = this.#values.has(key);
      if (text !== undefined) {
        if (!known) this.#keys.splice(this.#position(key), 0, key);
        this.#values.set(key, text);
      } else if (known) {
        this.#keys.splice(this.#position(key), 1);
        this.#values.delete(key);
      }
    }
  }

  /** Index of the first key that is not less than `key`. */
  #position(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
