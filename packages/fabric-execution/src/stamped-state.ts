import type { HistoryEntry, RangeOptions, StateEntry, WorldState } from '@collabnet/contracts';
import type { Json } from '@collabnet/envelope';
import { copyJson } from './copy-json.ts';
import type { Stamp, StampedValue } from './stamp.ts';
import type { StateReader } from './state-reader.ts';

/**
 * Stamped state as the contracts see it, without the stamps; it remembers the latest stamp among what was read, and
 * reads each key once, so that running a transaction again costs no further round trips.
 */
export class StampedState implements WorldState {
  readonly #reader: StateReader;
  readonly #values = new Map<string, StampedValue | undefined>();
  readonly #ranges = new Map<string, { key: string; value: StampedValue }[]>();
  #height = -1;
  #time = 0;

  constructor(reader: StateReader) {
    this.#reader = reader;
  }

  /** The latest height and time among the values read so far; height -1 before any was. */
  get latest(): Stamp {
    return { height: this.#height, time: this.#time };
  }

  /** Keys that were asked for, and those that ranges have shown. */
  get keysRead(): string[] {
    return [...this.#values.keys(), ...[...this.#ranges.values()].flatMap((entries) => entries.map(({ key }) => key))];
  }

  get(key: string): Json | undefined {
    if (!this.#values.has(key)) this.#values.set(key, this.#reader.get(key));
    const found = this.#values.get(key);
    return found === undefined ? undefined : this.#seen(found);
  }

  range(prefix: string, options: RangeOptions): StateEntry[] {
    const name = JSON.stringify([prefix, options.after ?? '', options.limit]);
    const found = this.#ranges.get(name) ?? this.#reader.range(prefix, options);
    this.#ranges.set(name, found);
    return found.map(({ key, value }) => ({ key, value: this.#seen(value) }));
  }

  put(key: string): void {
    throw new TypeError(`cannot put ${key} directly; write to an OverlayState`);
  }

  delete(key: string): void {
    throw new TypeError(`cannot delete ${key} directly; write to an OverlayState`);
  }

  /** Peers may keep their history index apart or not at all, so that no rule may depend on it. */
  history(key: string): HistoryEntry[] {
    throw new TypeError(`the history of ${key} is not part of what endorsers agree on; read it from a replica`);
  }

  #seen({ height, time, value }: StampedValue): Json {
    this.#height = Math.max(this.#height, height);
    this.#time = Math.max(this.#time, time);
    return copyJson(value);
  }
}
