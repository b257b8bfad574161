import type { Logger } from './logger.ts';
import { createLogger } from './logger.ts';
import { exitCodeOf } from './exit-codes.ts';

export interface MainContext {
  readonly logger: Logger;
  /** Aborted at SIGTERM, SIGINT or when another part of the process failed. */
  readonly signal: AbortSignal;
  /** Registers a clean-up; clean-ups run in reverse order, after `main` ended. */
  readonly onShutdown: (cleanUp: () => Promise<void> | void) => void;
}

export interface RunMainOptions {
  /** Longest time from the signal to the forced exit. Default 25 000 ms (a pod gets 30 s). */
  readonly shutdownTimeoutMs?: number | undefined;
  /** Extra exit codes by error code or error name, looked up before the common ones. */
  readonly exitCodes?: Readonly<Record<string, number>> | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Runs a process: the only thing a `main.ts` calls. `main` may return early (its clean-ups stop it later,
 * when the signal arrives) only if it awaits the signal itself: the process ends when `main` ends.
 * Exit codes are in {@link exitCodeOf}. A second signal ends the process at once.
 */
export function runMain(
  name: string,
  main: (context: MainContext) => Promise<void>,
  options: RunMainOptions = {},
): void {
  const logger = options.logger ?? createLogger(name);
  const controller = new AbortController();
  const cleanUps: (() => Promise<void> | void)[] = [];
  const exit = (code: number): never => process.exit(code);

  const fail = (what: string) => (error: unknown) => {
    logger.fatal({ err: error }, what);
    exit(1);
  };
  process.on('unhandledRejection', fail('unhandled rejection'));
  process.on('uncaughtException', fail('uncaught exception'));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) exit(signal === 'SIGTERM' ? 143 : 130);
      logger.info({ signal }, 'stopping');
      setTimeout(() => {
        logger.fatal('shutdown took too long');
        exit(1);
      }, options.shutdownTimeoutMs ?? 25_000).unref();
      controller.abort(new Error(`received ${signal}`));
    });
  }

  const run = async (): Promise<number> => {
    let code = 0;
    try {
      await main({ logger, signal: controller.signal, onShutdown: (cleanUp) => cleanUps.push(cleanUp) });
    } catch (error) {
      // An abort that a signal caused is the normal end.
      const stoppedBySignal = controller.signal.aborted && isAbort(error, controller.signal);
      code = stoppedBySignal ? 0 : exitCodeOf(error, options.exitCodes);
      if (!stoppedBySignal) logger.fatal({ err: error, exitCode: code }, 'failed');
    }
    if (!controller.signal.aborted) controller.abort(new Error('main ended'));
    for (const cleanUp of cleanUps.reverse()) {
      try {
        await cleanUp();
      } catch (error) {
        logger.error({ err: error }, 'clean-up failed');
        code ||= 1;
      }
    }
    return code;
  };
  void run().then(exit, fail('shutdown failed'));
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return (
    error === signal.reason ||
    (error instanceof Error && (error.name === 'AbortError' || error.cause === signal.reason))
  );
}
