import type { Logger } from '@collabnet/telemetry';
import { sleep, systemClock, type Runnable } from '../runtime/index.ts';

export interface WakeLoopOptions {
  readonly name: string;
  /** Level-triggered: looks at everything anew, so that a missed wake costs time only. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  readonly everyMs: number;
  /** Wait after a failure. */
  readonly retryMs: number;
  readonly logger: Logger;
}

/** Work that is repeated while this process leads: at intervals, after failures, and when woken. */
export class WakeLoop implements Runnable {
  readonly name: string;
  readonly #options: WakeLoopOptions;
  #pause = new AbortController();

  constructor(options: WakeLoopOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Asks for another round, now or after the one that runs. */
  readonly wake = (): void => this.#pause.abort();

  async run(signal: AbortSignal): Promise<void> {
    const { work, everyMs, retryMs, logger, name } = this.#options;
    while (!signal.aborted) {
      // Before the work: a wake that comes while it runs must not be lost.
      const pause = (this.#pause = new AbortController());
      const wait = await work(signal).then(
        () => everyMs,
        (error: unknown) => {
          if (!signal.aborted) logger.warn({ err: error, loop: name }, 'failed, tried again soon');
          return retryMs;
        },
      );
      await sleep(systemClock, wait, AbortSignal.any([signal, pause.signal]));
    }
  }
}
