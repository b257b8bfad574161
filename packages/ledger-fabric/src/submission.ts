import { setTimeout as sleep } from 'node:timers/promises';
import type { Gateway } from '@hyperledger/fabric-gateway';
import { keys } from '@collabnet/contracts';
import { transactionDigest, type SignedTransaction } from '@collabnet/envelope';
import { executeCall, isPartyKey, toArguments, type CallArguments, type FabricGenesis, type Outcome } from '@collabnet/fabric-execution';
import { asLedgerError, LedgerError, type SubmitResult } from '@collabnet/ledger';
import { askClock } from './ask-clock.ts';
import type { CommitWatch } from './commit-watch.ts';
import type { FabricReplica } from './fabric-replica.ts';
import { Lanes } from './lanes.ts';
import { Progress } from './progress.ts';
import { sendOnce, type Attempt } from './send-once.ts';
import { someMajority } from './some-majority.ts';

export interface SubmissionOptions {
  readonly channel: string;
  readonly chaincode: string;
  /** MSP ids, the own one first. */
  readonly organisations: () => readonly string[];
  readonly replica: FabricReplica;
  readonly commits: CommitWatch;
  readonly timeoutMs: number;
  readonly now: () => number;
  /** @throws LedgerError UNAVAILABLE */
  readonly gateway: () => Gateway;
  readonly refresh: () => Promise<void>;
  readonly assertUsable: () => void;
  /** Told how far the own clock is ahead of an endorser's, ms. */
  readonly onClock: (offsetMs: number) => void;
}

/** Keys that a transaction reads and writes, as far as they are known beforehand. */
type Plan = Pick<Outcome, 'reads' | 'writes' | 'endorsers'>;

/**
 * Brings a transaction onto the ledger: conflicts, lagging endorsers and lost connections are tried again with the same
 * signed transaction, of which the ledger takes only one.
 */
export class Submission {
  readonly #options: SubmissionOptions;
  readonly #lanes = new Lanes();

  constructor(options: SubmissionOptions) {
    this.#options = options;
  }

  /** @throws LedgerError with the contract's code when the own replica refuses too; UNAVAILABLE, TIMEOUT, CLOCK_SKEW */
  async submit(tx: SignedTransaction): Promise<SubmitResult> {
    const digest = transactionDigest(tx.payload);
    const deadline = Date.now() + this.#options.timeoutMs;
    const progress = new Progress(this.#options.now, this.#options.onClock);
    while (Date.now() < deadline) {
      const height = this.#heightOf(digest);
      if (height !== undefined) return { height, digest };
      const planned = await this.#plan(tx);
      if (planned === undefined) continue;
      // Party keys are never read, so that transactions which write the same one do not conflict.
      const written = planned.writes.map(({ key }) => key).filter((key) => !isPartyKey(key));
      const blocker = this.#lanes.blocker([...planned.reads, ...written]);
      if (blocker !== undefined) {
        await Promise.race([blocker, sleep(Math.max(0, deadline - Date.now()), undefined, { ref: false })]);
        continue;
      }
      const leave = this.#lanes.enter(written);
      try {
        const { replica, refresh } = this.#options;
        // On the newest block, not on what it had when it started.
        const ownDecides = replica.release === undefined && (await refresh().then(() => true, () => false));
        await progress.record(await this.#send({ name: 'submit', tx, seenHeight: replica.head()?.height ?? 0 }, progress, { needed: planned.endorsers }), ownDecides);
      } finally {
        leave();
      }
    }
    throw progress.failure(digest);
  }

  async found(genesis: FabricGenesis): Promise<void> {
    const deadline = Date.now() + this.#options.timeoutMs;
    const progress = new Progress(this.#options.now, this.#options.onClock);
    while (Date.now() < deadline) {
      this.#options.assertUsable();
      if (this.#options.replica.head() !== undefined) return;
      await progress.record(await this.#send({ name: 'found', genesis }, progress));
    }
    throw progress.failure('of the genesis');
  }

  /** Brings the records to the newest version of this build; resolves at once where they are of it. */
  async upgrade(): Promise<void> {
    const { replica, timeoutMs, now, onClock, assertUsable } = this.#options;
    const deadline = Date.now() + timeoutMs;
    const progress = new Progress(now, onClock);
    while (Date.now() < deadline) {
      assertUsable();
      if (replica.contracts === replica.newest.version) return;
      await progress.record(await this.#send({ name: 'upgrade', seenHeight: replica.head()?.height ?? 0 }, progress, { contracts: replica.newest.version }));
    }
    throw progress.failure('of the upgrade');
  }

  /** Asks the own contracts about the clock, and tells of it. @throws LedgerError UNAVAILABLE */
  async askClock(): Promise<void> {
    const { channel, chaincode, replica, now, onClock, gateway } = this.#options;
    // Where the records are of its version the upgrade changes nothing, and its time is judged all the same.
    const args = toArguments({ name: 'upgrade', seenHeight: replica.head()?.height ?? 0 }, replica.contracts ?? replica.newest.version);
    const offsetMs = await askClock({ gateway: gateway(), own: this.#options.organisations()[0] ?? '', channel, chaincode, args, now });
    if (offsetMs !== undefined) onClock(offsetMs);
  }

  /** One way through endorsement, ordering and validation that changes nothing. @throws LedgerError UNAVAILABLE, TIMEOUT */
  async ping(): Promise<void> {
    const progress = new Progress(this.#options.now, this.#options.onClock);
    const attempt = await this.#send({ name: 'ping' }, progress);
    await progress.record(attempt);
    if (attempt.code !== 'VALID') throw progress.failure('of a ping');
  }

  /** What the transaction would come to on the verified state; undefined when the state has moved on meanwhile. */
  async #plan(tx: SignedTransaction): Promise<Plan | undefined> {
    const { replica, refresh, assertUsable } = this.#options;
    assertUsable();
    const before = replica.head()?.height;
    try {
      return this.#dryRun(tx);
    } catch (error) {
      // The view may be old: only what a current one refuses is refused.
      await refresh();
      if (replica.head()?.height !== before) return undefined;
      throw asLedgerError(error);
    }
  }

  #dryRun(tx: SignedTransaction): Plan {
    const { replica, now } = this.#options;
    const head = replica.head();
    if (head === undefined) throw new LedgerError('STALE', 'no block of the network has been read yet; wait for the first contact with the ledger');
    const seen = tx.payload.head;
    if (seen !== undefined && replica.state.block(seen.height)?.header.hash !== seen.hash) {
      throw new LedgerError('HEAD_UNKNOWN', `head: height ${seen.height} with hash ${seen.hash} is not on this chain; refresh the view, and if it persists compare heads with the other members`);
    }
    const { release } = replica;
    // Rules of before, while the members have not agreed on the next: the endorsers know, the own among them.
    if (release === undefined) return { reads: [], writes: [], endorsers: [] };
    return executeCall(replica.reader, { tx, seenHeight: head.height, time: now() }, release);
  }

  /** By default by the version in force, and without organisations that are needed beside a majority. */
  async #send(call: CallArguments, progress: Progress, { contracts = this.#inForce, needed = [] }: { contracts?: string; needed?: readonly string[] } = {}): Promise<Attempt> {
    const { channel, chaincode, commits, now, gateway, assertUsable } = this.#options;
    assertUsable();
    // The gateway would ask the same ones again, of whom one may run other rules.
    const known = this.#options.organisations();
    const organisations = progress.disagreement ? someMajority(known, needed) : undefined;
    try {
      const attempt = await sendOnce({ gateway: gateway(), own: known[0] ?? '', channel, chaincode, commits, args: toArguments(call, contracts), time: now(), organisations });
      const unendorsed = attempt.message !== undefined && attempt.open !== true && needed.length > 0;
      return unendorsed ? { ...attempt, message: `a peer of each of ${needed.join(', ')} has to endorse it; ${attempt.message}` } : attempt;
    } catch (error) {
      if (error instanceof LedgerError) return { message: error.message };
      throw error;
    }
  }

  get #inForce(): string {
    const { replica } = this.#options;
    return replica.contracts ?? replica.newest.version;
  }

  #heightOf(digest: string): number | undefined {
    return this.#options.replica.state.history(keys.transaction(digest))[0]?.height;
  }
}
