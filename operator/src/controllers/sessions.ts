import { LedgerError } from '@collabnet/ledger';
import { StalledError, WaitError } from '../runtime/index.ts';
import type { NetworkSession } from '../institution/network-session.ts';
import type { SessionRegistry } from '../institution/session-registry.ts';

/** The session of a CollabNetwork. Throws WaitError NetworkNotReady while the network has none. */
export function sessionOf(sessions: SessionRegistry, network: string): NetworkSession {
  const session = sessions.get(network);
  if (session !== undefined) return session;
  throw new WaitError('NetworkNotReady', `CollabNetwork ${network} is not ready; see 'kubectl describe collabnetwork ${network}'`, 5_000);
}

/** People need longer than this to correct a clock. */
const CLOCK_RECHECK_MS = 15_000;

/** Codes with which the ledger may answer although the same call can succeed later without anybody acting. */
const PASSING = new Set(['UNAVAILABLE', 'TIMEOUT', 'STALE', 'CLOSED', 'HEAD_UNKNOWN']);

/**
 * Turns a failure of the ledger into one of the runtime's kinds of error: what passes by itself is waited for, what the
 * contract refused is for a person to mend.
 *
 * @param what the act that failed, for the message, such as `the approval`.
 */
export function asReconcileError(error: unknown, what: string): unknown {
  if (!(error instanceof LedgerError)) return error;
  if (PASSING.has(error.code)) return new WaitError('LedgerUnavailable', `${what}: ${error.message}`, 2_000, { cause: error });
  // On Fabric endorsers judge the time of a proposal, a person's too: nothing of what was signed is wrong.
  if (error.code === 'CLOCK_SKEW') return new WaitError('ClockSkew', `${what}: ${error.message}`, CLOCK_RECHECK_MS, { cause: error });
  return new StalledError(reasonOf(error.code), `${what} was refused by the ledger: ${error.message}`, { cause: error });
}

/** `GRANT_EXPIRED` as the CamelCase reason `GrantExpired`. */
export function reasonOf(code: string): string {
  return code
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
