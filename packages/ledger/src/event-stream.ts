import type { LedgerEvent } from './replica.ts';

/** Where the events of a stream come from. */
export interface EventSource {
  /** Those of verified blocks from the height on, oldest first. */
  past(fromHeight: number): Iterable<LedgerEvent>;
  /** Those of each block that is verified from now on; returns how to unsubscribe. */
  onChange(listener: (events: LedgerEvent[]) => void): () => void;
  closed(): boolean;
}

/**
 * Past events from a height on, then those that come, each once: what comes while the past is read waits. Ends when the
 * signal aborts, and after an event when the source was closed.
 */
export async function* eventStream(source: EventSource, fromHeight: number, signal?: AbortSignal): AsyncGenerator<LedgerEvent> {
  const pending: LedgerEvent[] = [];
  let wake: () => void = () => undefined;
  const stop = source.onChange((events) => {
    pending.push(...events);
    wake();
  });
  const onAbort = (): void => wake();
  signal?.addEventListener('abort', onAbort);
  try {
    let next = fromHeight;
    for (const event of source.past(fromHeight)) {
      if (signal?.aborted === true) return;
      next = event.height + 1;
      yield event;
    }
    while (signal?.aborted !== true && !source.closed()) {
      const event = pending.shift();
      if (event === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (event.height >= next) yield event;
    }
  } finally {
    stop();
    signal?.removeEventListener('abort', onAbort);
  }
}
