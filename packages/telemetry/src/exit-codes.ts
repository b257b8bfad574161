/** Exit codes of every deployable, after sysexits.h where it has a fitting one. */
export const EXIT_CODES = {
  /** Anything not listed. */
  failure: 1,
  /** Wrong arguments or input (EX_USAGE). */
  usage: 64,
  /** A service that is needed did not answer (EX_UNAVAILABLE). */
  unavailable: 69,
  /** Another replica took over, or try again later (EX_TEMPFAIL). */
  tempFail: 75,
  /** Not permitted (EX_NOPERM). */
  notPermitted: 77,
  /** Missing or invalid configuration (EX_CONFIG). */
  config: 78,
} as const;

const RULES: readonly (readonly [RegExp, number])[] = [
  [/^LEADERSHIP_LOST$|_LEADERSHIP_LOST$/, EXIT_CODES.tempFail],
  [/(^|_)CONFIG(_|$)|^ConfigError$|^ZodError$/, EXIT_CODES.config],
  [/(^|_)USAGE(_|$)|^ERR_PARSE_ARGS/, EXIT_CODES.usage],
  [/(^|_)(FORBIDDEN|UNAUTHORIZED|NOT_PERMITTED)$|^EACCES$|^EPERM$/, EXIT_CODES.notPermitted],
  [/(^|_)UNAVAILABLE$|^ECONNREFUSED$|^ETIMEDOUT$|^ENOTFOUND$|^EADDRINUSE$/, EXIT_CODES.unavailable],
];

/**
 * Maps an error to the exit code of the process by its stable `code`, then its `name`, then its cause.
 *
 * @param extra exact matches of code or name, looked up first
 */
export function exitCodeOf(error: unknown, extra: Readonly<Record<string, number>> = {}): number {
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth++
  ) {
    const labels = [(current as { code?: unknown }).code, current.name, current.constructor.name].filter(
      (label) => typeof label === 'string',
    );
    for (const label of labels) {
      const own = Object.hasOwn(extra, label) ? extra[label] : undefined;
      const found = own ?? RULES.find(([pattern]) => pattern.test(label))?.[1];
      if (found !== undefined) return found;
    }
  }
  return EXIT_CODES.failure;
}
