/** Exit codes of the command line; listed by `collabnet help exit-codes`. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  timeout: 5,
  verification: 6,
  interrupted: 130,
} as const;

export type CliErrorCode =
  | 'USAGE'
  | 'NOT_FOUND'
  | 'NOT_READY'
  | 'AMBIGUOUS'
  | 'KEY_UNKNOWN'
  | 'PASSPHRASE_MISSING'
  | 'PIN_MISSING'
  | 'NOT_CONFIRMED'
  | 'REFUSED'
  | 'TIMEOUT'
  | 'VERIFICATION_FAILED'
  | 'CLUSTER_UNREACHABLE'
  | 'CLUSTER_REFUSED'
  | 'TRANSFER_FAILED'
  | 'FILE_FAILED';

const EXIT_OF: Partial<Record<string, number>> = {
  USAGE: EXIT.usage,
  NOT_FOUND: EXIT.notFound,
  KEY_NOT_FOUND: EXIT.notFound,
  REFUSED: EXIT.refused,
  NOT_CONFIRMED: EXIT.refused,
  TIMEOUT: EXIT.timeout,
  VERIFICATION_FAILED: EXIT.verification,
  BLOCK_INVALID: EXIT.verification,
};

/** A failure that the person at the command line can read; the message says what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Exit code for an error, by its stable code. */
export function exitCodeOf(error: unknown): number {
  const code = (error as { code?: unknown } | null)?.code;
  return (typeof code === 'string' ? EXIT_OF[code] : undefined) ?? EXIT.failed;
}
