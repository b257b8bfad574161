import type { RangeOptions } from '@collabnet/contracts';
import type { StampedWrite } from '../stamped-writes.ts';
import { decodeStamped, type StampedValue } from '../stamp.ts';
import type { StateReader } from '../state-reader.ts';

/** Stamped state in memory, as the texts that Fabric would hold. */
export class MemoryReader implements StateReader {
  readonly #values = new Map<string, string>();

  get(key: string): StampedValue | undefined {
    const text = this.#values.get(key);
    return text === undefined ? undefined : decodeStamped(text);
  }

  range(prefix: string, { after = '', limit }: RangeOptions): { key: string; value: StampedValue }[] {
    return [...this.#values]
      .filter(([key]) => key.startsWith(prefix) && key > after)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .slice(0, limit)
      .map(([key, text]) => ({ key, value: decodeStamped(text) }));
  }

  apply(writes: readonly StampedWrite[]): void {
    for (const { key, text } of writes) {
      if (text === undefined) this.#values.delete(key);
      else this.#values.set(key, text);
    }
  }
}
