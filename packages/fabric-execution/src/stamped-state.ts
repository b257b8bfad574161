import type { HistoryEntry, RangeOptions, StateEntry, WorldState } from '@collabnet/contracts';
import type { Json } from '@collabnet/envelope';
import { decodeStamped, type Stamp, type StampedValue } from './stamp.ts';
import type { StateReader } from './state-reader.ts';

/** Contract keys are printable ASCII, so this ends every prefix. */
const AFTER_ASCII = '\u007f';

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

  /** Keys that were asked for, ranges by their prefix. */
  get keysRead(): string[] {
    return [...this.#values.keys()];
  }

  get(key: string): Json | undefined {
    if (!this.#values.has(key)) {
      const text = this.#reader.get(key);
      this.#values.set(key, text === undefined ? undefined : decodeStamped(text));
    }
    const found = this.#values.get(key);
    return found === undefined ? undefined : this.#seen(found);
  }

  range(prefix: string, options: RangeOptions): StateEntry[] {
    const { after = '', limit } = options;
    const start = after >= prefix ? `${after}\u0001` : prefix;
    const name = `${start}\u0000${prefix}\u0000${limit}`;
    let found = this.#ranges.get(name);
    if (found === undefined) {
      found = this.#reader.range(start, `${prefix}${AFTER_ASCII}`, limit).map(({ key, text }) => ({ key, value: decodeStamped(text) }));
      this.#ranges.set(name, found);
    }
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
    return structuredClone(value);
  }
}
