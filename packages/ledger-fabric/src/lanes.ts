/**
 * Lets only one of those transactions of this process be on its way that read what another writes. Fabric would take
 * one of them and refuse the others, so that each would be endorsed again for every one before it.
 */
export class Lanes {
  readonly #writers = new Map<string, Promise<void>>();

  /** Who must end before a transaction with these reads and writes can succeed; undefined: nobody. */
  blocker(keys: Iterable<string>): Promise<void> | undefined {
    for (const key of keys) {
      const writer = this.#writers.get(key);
      if (writer !== undefined) return writer;
    }
    return undefined;
  }

  /** Marks keys as being written until the returned function is called. */
  enter(writes: readonly string[]): () => void {
    let leave: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (leave = resolve));
    for (const key of writes) this.#writers.set(key, over);
    return () => {
      for (const key of writes) if (this.#writers.get(key) === over) this.#writers.delete(key);
      leave();
    };
  }
}
