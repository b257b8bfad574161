/** Wakes one waiter; raised several times before it looked, it wakes once. */
export class Signal {
  #raised = false;
  #wake: () => void = () => undefined;

  raise(): void {
    this.#raised = true;
    this.#wake();
  }

  lower(): void {
    this.#raised = false;
  }

  /** Resolves when raised, after `ms`, or when `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#raised || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
