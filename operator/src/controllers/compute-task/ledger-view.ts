import type { JsonObject } from '@collabnet/envelope';
import type { Page } from '@collabnet/contracts';
import { isRetryable, LedgerError, type SubmitResult } from '@collabnet/ledger';
import type { ContractCall, NetworkSession } from '../../institution/network-session.ts';
import { WaitError } from '../../runtime/index.ts';

/** How soon a look at a ledger that did not answer is repeated, ms. */
const RETRY_MS = 2_000;

/**
 * The ledger as task steps see it: never older than the network's bound, and what passes by itself is waited for and
 * never a failure that a person sees.
 */
export class LedgerView {
  readonly session: NetworkSession;
  readonly maxStalenessMs: number;

  constructor(session: NetworkSession, maxStalenessMs: number) {
    this.session = session;
    this.maxStalenessMs = maxStalenessMs;
  }

  /**
   * Answers from a fresh, verified view.
   *
   * @throws WaitError LedgerStale or LedgerUnavailable; LedgerError for what the contract refuses
   */
  async read<T>(contract: string, method: string, args: JsonObject): Promise<T> {
    try {
      return await this.session.ledger.evaluate<T>(contract, method, args, { maxStalenessMs: this.maxStalenessMs });
    } catch (error) {
      throw waiting(error);
    }
  }

  /** Like read, but undefined for NOT_FOUND. */
  async find<T>(contract: string, method: string, args: JsonObject): Promise<T | undefined> {
    try {
      return await this.read<T>(contract, method, args);
    } catch (error) {
      if (isRefusal(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /** All pages of a list. */
  async *list<T>(contract: string, method: string, args: JsonObject): AsyncGenerator<T> {
    let after: string | undefined;
    do {
      const page: Page<T> = await this.read<Page<T>>(contract, method, { limit: 200, ...args, ...(after === undefined ? {} : { after }) });
      yield* page.items;
      after = page.next;
    } while (after !== undefined);
  }

  /**
   * Signs and submits as the institution.
   *
   * @throws WaitError LedgerUnavailable when the outcome is open; LedgerError when the contract refuses
   */
  async submit(call: ContractCall): Promise<SubmitResult> {
    try {
      return await this.session.submit(call);
    } catch (error) {
      throw waiting(error);
    }
  }

  /** {@link submit} of a method of `flows`. */
  flows(method: string, args: JsonObject): Promise<SubmitResult> {
    return this.submit({ kind: 'Flow', contract: 'flows', method, public: args });
  }
}

/** What the ledger refused, rather than failed to answer. */
export function isRefusal(error: unknown, ...codes: string[]): error is LedgerError {
  return error instanceof LedgerError && (codes.length === 0 || codes.includes(error.code));
}

/** Refusals that only say that somebody else was quicker: the record has to be read again. */
export const OVERTAKEN = ['ILLEGAL_TRANSITION', 'EXPIRED', 'TOO_EARLY', 'ALREADY_EXISTS'];

function waiting(error: unknown): unknown {
  if (!(error instanceof LedgerError)) return error;
  if (error.code === 'STALE') return new WaitError('LedgerStale', `nothing is authorised on an old view of the ledger: ${error.message}`, RETRY_MS, { cause: error });
  if (isRetryable(error) || error.code === 'HEAD_UNKNOWN') return new WaitError('LedgerUnavailable', error.message, RETRY_MS, { cause: error });
  if (error.code === 'DIVERGED' || error.code === 'BLOCK_INVALID') return new WaitError('LedgerDiverged', error.message, 60_000, { cause: error });
  return error;
}
