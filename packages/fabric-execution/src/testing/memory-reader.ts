import type { StateReader } from '../state-reader.ts';
import type { StampedWrite } from '../execute-call.ts';

/** Stamped state in memory. */
export class MemoryReader implements StateReader {
  readonly #values = new Map<string, string>();

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  range(start: string, end: string, limit: number): { key: string; text: string }[] {
    return [...this.#values]
      .filter(([key]) => key >= start && key < end)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .slice(0, limit)
      .map(([key, text]) => ({ key, text }));
  }

  apply(writes: readonly StampedWrite[]): void {
    for (const { key, text } of writes) {
      if (text === undefined) this.#values.delete(key);
      else this.#values.set(key, text);
    }
  }
}
