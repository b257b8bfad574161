import { setTimeout as sleep } from 'node:timers/promises';
import type { Refusal } from '@collabnet/fabric-execution';
import { LedgerError } from '@collabnet/ledger';
import type { Attempt } from './send-once.ts';

const BACK_OFF_MS = { first: 50, most: 2_000 };
/** The own replica accepts what endorsers refuse while they are behind; after this it is no longer that. */
const REFUSED_FOR_MS = 15_000;
/** While members change from one version of the contracts to the next; no sooner final than the time is over. */
const CHANGING = ['CONTRACTS_MISMATCH', 'UPGRADE_PENDING'];
/** Refusals that no repetition changes. */
const FINAL = ['CLOCK_SKEW', 'HEIGHT_INVALID', 'ALREADY_FOUNDED', 'GENESIS_INVALID'];

/** What attempts came to, and how long to wait before the next. */
export class Progress {
  readonly #now: () => number;
  readonly #onClock: (offsetMs: number) => void;
  #last: Attempt = {};
  #refusedSince: number | undefined;
  #wait = BACK_OFF_MS.first;

  constructor(now: () => number, onClock: (offsetMs: number) => void) {
    this.#now = now;
    this.#onClock = onClock;
  }

  /** Whether endorsers did not agree the last time. */
  get disagreement(): boolean {
    return this.#last.disagreement === true;
  }

  /**
   * Waits before the next attempt, where there has to be one.
   *
   * @param ownDecides what the own peer's contracts refuse is refused, since the own replica has no rules for it
   * @throws LedgerError when no other can succeed
   */
  async record(attempt: Attempt, ownDecides = false): Promise<void> {
    this.#last = attempt;
    if (attempt.code === 'VALID') return;
    const { refusal, byOwn = false } = attempt;
    if (byOwn && refusal?.now !== undefined) this.#onClock(this.#now() - refusal.now);
    if (refusal === undefined || CHANGING.includes(refusal.code)) this.#refusedSince = undefined;
    else if (this.#isFinal(refusal, byOwn, ownDecides)) throw refused(refusal);
    if (attempt.final === true) throw new LedgerError('UNAVAILABLE', `the peer does not let this institution submit: ${attempt.message ?? ''}`);
    // A conflict says that the state has moved on: at once; whatever else is wrong needs time.
    this.#wait = attempt.code === undefined ? Math.min(BACK_OFF_MS.most, this.#wait * 2) : BACK_OFF_MS.first;
    await sleep(this.#wait * Math.random());
  }

  #isFinal({ code }: Refusal, byOwn: boolean, ownDecides: boolean): boolean {
    this.#refusedSince ??= Date.now();
    // A replay is the own transaction, on its way to the replica.
    const decided = ownDecides && code !== 'REPLAYED';
    return Date.now() - this.#refusedSince > REFUSED_FOR_MS || (byOwn && (decided || FINAL.includes(code)));
  }

  failure(what: string): LedgerError {
    const { refusal, message, open } = this.#last;
    if (refusal !== undefined) return refused(refusal);
    if (open === true) return new LedgerError('TIMEOUT', `transaction ${what} was sent but has not come by; submit it again`, { digest: what });
    return new LedgerError('UNAVAILABLE', `transaction ${what} could not be submitted in time; submit it again. ${message ?? this.#last.code ?? ''}`, { digest: what });
  }
}

function refused({ code, message, field }: Refusal): LedgerError {
  // The operator tells a clock that is wrong by this field, whatever the driver.
  return new LedgerError(code, message, { field: code === 'CLOCK_SKEW' ? 'expires' : field });
}
