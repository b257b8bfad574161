import { pino, stdTimeFunctions } from 'pino';
import { redact, scrub } from './redact.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** One log call: `log.info('text')` or `log.info({field}, 'text')`. */
export interface LogFn {
  (message: string): void;
  (fields: Record<string, unknown>, message?: string): void;
}

/** The part of a logger that components may use; pass it in, never create one inside a library. */
export interface Logger {
  readonly level: string;
  trace: LogFn;
  debug: LogFn;
  info: LogFn;
  warn: LogFn;
  error: LogFn;
  fatal: LogFn;
  /** A logger that adds `bindings` to every line. */
  child(bindings: Record<string, unknown>): Logger;
}

export interface LoggerOptions {
  /** Lowest level written. Default: `LOG_LEVEL` of the environment, else `info`. */
  readonly level?: LogLevel | undefined;
  /** Where lines go; default standard output. */
  readonly destination?: { write(line: string): void } | undefined;
}

/**
 * Creates a logger that writes one JSON object a line to standard output.
 * Secret-named fields (`privateKey`, `token`, `seed`, …) are replaced at any depth and texts are scrubbed.
 *
 * @param name component name, written as `name` in every line
 */
export function createLogger(name: string, options: LoggerOptions = {}): Logger {
  const settings = {
    name,
    level: options.level ?? process.env['LOG_LEVEL'] ?? 'info',
    timestamp: stdTimeFunctions.isoTime,
    base: { name },
    // Errors are flattened by redact(); pino's own serialiser would print their properties unredacted.
    serializers: { err: (value: unknown) => value, error: (value: unknown) => value },
    formatters: {
      level: (label: string) => ({ level: label }),
      bindings: (bindings: Record<string, unknown>) => redact(bindings) as Record<string, unknown>,
      log: (fields: Record<string, unknown>) => redact(fields) as Record<string, unknown>,
    },
    hooks: {
      logMethod(this: unknown, args: unknown[], method: (...values: unknown[]) => void): void {
        method.apply(
          this,
          args.map((arg) => (typeof arg === 'string' ? scrub(arg) : arg instanceof Error ? { err: arg } : arg)),
        );
      },
    },
  };
  // Standard output itself, not pino's own writer: that one has been seen to put the last line of a process first.
  const logger = pino(settings, options.destination ?? process.stdout) as unknown as RawLogger;
  const makeChild = logger.child;
  // pino does not pass the bindings of children through its formatters. Children inherit this method.
  logger.child = function (this: RawLogger, bindings) {
    return makeChild.call(this, redact(bindings) as Record<string, unknown>);
  };
  return logger;
}

type RawLogger = Omit<Logger, 'child'> & { child: (this: RawLogger, bindings: Record<string, unknown>) => RawLogger };

/** A logger that writes nothing, for tests. */
export function silentLogger(): Logger {
  return createLogger('silent', { level: 'silent' });
}
