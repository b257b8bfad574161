import { CapabilityError } from '@collabnet/capability';
import { WireError } from '@collabnet/wire';

/**
 * Why an attempt fails. `code` is stable: JOB_INVALID, DATA_PROXY_*, INPUT_BELOW_MINIMUM, INPUT_INVALID,
 * PEER_HANDSHAKE_TIMEOUT, PEER_SILENT, PEER_FAILED, WIRE_*, LEASE_LAPSED, ENGINE_*, ISOLATION_TOO_WEAK, RESULT_*, RESULT_STORE_*, ABORTED, DEADLINE, SCRATCH_FULL,
 * COURIER_RESTARTED, COURIER_FAILED. The message names the field and the fix and never holds data.
 */
export class CourierError extends Error {
  override readonly name = 'CourierError';
  readonly code: string;
  /** Whether another attempt may succeed without anybody changing anything. */
  readonly retryable: boolean;

  constructor(code: string, message: string, options: ErrorOptions & { retryable?: boolean } = {}) {
    super(message, options);
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Any failure as one that can be reported; what is unknown is told without its message, which might quote data. */
export function asCourierError(error: unknown): CourierError {
  if (error instanceof CourierError) return error;
  if (error instanceof WireError) {
    const retryable = error.code !== 'WIRE_BYTE_CEILING';
    return new CourierError(error.code, error.message, { cause: error, retryable });
  }
  if (error instanceof CapabilityError) return new CourierError('JOB_INVALID', error.message, { cause: error });
  const system = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (system === 'ENOSPC' || system === 'EDQUOT') {
    return new CourierError('SCRATCH_FULL', 'the scratch volume of the compute pod is full; raise the Helm value compute.scratch.size', { cause: error });
  }
  const what = error instanceof Error ? (system ?? error.name) : 'unknown';
  return new CourierError('COURIER_FAILED', `courier: internal failure (${what})`, { cause: error, retryable: true });
}
