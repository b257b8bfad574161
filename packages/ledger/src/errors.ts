/**
 * Stable codes of {@link LedgerError}. A refusal by a contract keeps the contract's own code, so the set is open.
 *
 * - `UNAVAILABLE`: nobody answered; retry later.
 * - `TIMEOUT`: sent, outcome unknown; submitting the same signed transaction again is safe.
 * - `STALE`: the verified view is older than the caller allows.
 * - `DIVERGED`: two different blocks were signed for one height; nothing may be authorised on this view.
 * - `BLOCK_INVALID`: a block failed verification (signature, chain, roots or re-execution).
 * - `CONTRACTS_MISMATCH`: the host runs another version of the contracts; upgrade one of the two.
 * - `HEAD_UNKNOWN`: the transaction names a head that is not on this chain.
 * - `STORE_FAILED`: the local store cannot be read or written.
 */
export type LedgerErrorCode =
  | 'UNAVAILABLE'
  | 'TIMEOUT'
  | 'STALE'
  | 'DIVERGED'
  | 'BLOCK_INVALID'
  | 'CONTRACTS_MISMATCH'
  | 'HEAD_UNKNOWN'
  | 'STORE_FAILED'
  | 'CLOSED'
  | (string & {});

/** The one error class of this package. `height` and `digest` name what it is about, where known. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly code: LedgerErrorCode;
  readonly field?: string;
  readonly height?: number;
  readonly digest?: string;

  constructor(
    code: LedgerErrorCode,
    message: string,
    details: { cause?: unknown; field?: string; height?: number; digest?: string } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.field !== undefined) this.field = details.field;
    if (details.height !== undefined) this.height = details.height;
    if (details.digest !== undefined) this.digest = details.digest;
  }
}

/** Whether sending the same request again later can succeed without anybody acting. */
export function isRetryable(error: unknown): boolean {
  return error instanceof LedgerError && ['UNAVAILABLE', 'TIMEOUT', 'STALE', 'CLOSED'].includes(error.code);
}
