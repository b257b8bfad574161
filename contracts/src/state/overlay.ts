import type { Json } from '@collabnet/envelope';
import type { HistoryEntry, RangeOptions, StateEntry, StateWrite, WorldState } from './world-state.ts';

const KEY = /^[\x21-\x7e]{1,512}$/;

/**
 * Writes over a state that stays as it is until {@link OverlayState.commitTo}. A transaction runs on one, so that a
 * failed one leaves nothing behind; a block runs on another below it, so that its write set is known before it is kept.
 */
export class OverlayState implements WorldState {
  readonly #base: WorldState;
  /** Serialised, so that a value cannot be changed after it was put; undefined marks a deletion. */
  readonly #writes = new Map<string, string | undefined>();

  constructor(base: WorldState) {
    this.#base = base;
  }

  get(key: string): Json | undefined {
    if (!this.#writes.has(key)) return this.#base.get(key);
    const text = this.#writes.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  put(key: string, value: Json): void {
    if (!KEY.test(key))
      throw new RangeError(`state key ${JSON.stringify(key)}: use 1 to 512 printable ASCII characters`);
    this.#writes.set(key, JSON.stringify(value));
  }

  delete(key: string): void {
    this.#writes.set(key, undefined);
  }

  range(prefix: string, options: RangeOptions): StateEntry[] {
    const { after = '', limit } = options;
    const inside = (key: string): boolean => key.startsWith(prefix) && key > after;
    // Deleted keys take places in the answer of the base, so ask for as many more.
    const written = [...this.#writes.keys()].filter(inside);
    const merged = new Map(
      this.#base.range(prefix, { after, limit: limit + written.length }).map((entry) => [entry.key, entry.value]),
    );
    for (const key of written) {
      const text = this.#writes.get(key);
      if (text === undefined) merged.delete(key);
      else merged.set(key, JSON.parse(text) as Json);
    }
    return [...merged]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .slice(0, limit)
      .map(([key, value]) => ({ key, value }));
  }

  history(key: string): HistoryEntry[] {
    return this.#base.history(key);
  }

  /** The last change of every key written here, in key order. */
  writes(): StateWrite[] {
    return [...this.#writes]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, text]) => ({ key, value: text === undefined ? null : (JSON.parse(text) as Json) }));
  }

  /** Applies the writes to a state (as a rule the base) and empties the overlay. */
  commitTo(target: Pick<WorldState, 'put' | 'delete'>): void {
    for (const { key, value } of this.writes()) {
      if (value === null) target.delete(key);
      else target.put(key, value);
    }
    this.discard();
  }

  /** Forgets the writes. */
  discard(): void {
    this.#writes.clear();
  }
}
