/** Tells senders what became of their transactions when the block comes by. */
export class CommitWatch {
  readonly #waiting = new Map<string, (code: string | undefined) => void>();

  /**
   * Waits for a transaction of Fabric. Begin before it is sent.
   *
   * @returns Fabric's validation code; undefined when it has not come by within `ms` or before the signal
   */
  wait(txId: string, ms: number, signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      const settle = (code: string | undefined): void => {
        clearTimeout(timer);
        this.#waiting.delete(txId);
        resolve(code);
      };
      const timer = setTimeout(() => settle(undefined), ms);
      signal.addEventListener('abort', () => settle(undefined), { once: true });
      this.#waiting.set(txId, settle);
    });
  }

  /** A verified block holds this transaction. */
  seen(txId: string, code: string): void {
    this.#waiting.get(txId)?.(code);
  }

  /** No more blocks will come: what was sent stays open. */
  abandon(): void {
    for (const settle of [...this.#waiting.values()]) settle(undefined);
  }
}
