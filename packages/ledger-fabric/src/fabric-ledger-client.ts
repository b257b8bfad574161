import { setImmediate } from 'node:timers/promises';
import type { Json, JsonObject, SignedTransaction, TransactionPayload } from '@collabnet/envelope';
import type { FabricGenesis } from '@collabnet/fabric-execution';
import { ensureFresh, eventStream, LedgerError, type Ledger, type LedgerEvent, type SubmitResult, type VerifiedHead } from '@collabnet/ledger';
import { newestBlock } from './chain-height.ts';
import { channelBlocks, type RawBlock } from './channel-blocks.ts';
import { assertNotAhead } from './clock-check.ts';
import { CommitWatch } from './commit-watch.ts';
import type { FabricBlock } from './fabric-block.ts';
import { FabricReplica } from './fabric-replica.ts';
import { Follower } from './follower.ts';
import { FabricInspection } from './inspect/fabric-inspection.ts';
import { DEFAULT_CHAINCODE, type FabricLedgerOptions } from './options.ts';
import { proveWrite, type FabricProof } from './prove-write.ts';
import { Submission } from './submission.ts';
import type { StoredFabricBlock } from './stored-block.ts';

const POLL_MS = 2_000;
const REFRESH_MS = 10_000;
const BLOCKS_AT_ONCE = 200;
/** A transaction may stand some blocks after the height that its records name. */
const SEARCHED_BLOCKS = 64;

/** What the library makes of a peer's answer to a request for blocks that is 15 minutes off its clock. */
const REFUSED_FOR_ITS_TIME = /status response: 400$/;

/** Driver `fabric`: follows the blocks of the own peer into a verifying replica and submits through its gateway. */
export class FabricLedgerClient implements Ledger {
  readonly networkId: string;
  readonly #options: FabricLedgerOptions;
  readonly #chaincode: string;
  readonly #replica: FabricReplica;
  readonly #follower: Follower;
  readonly #commits = new CommitWatch();
  readonly #submission: Submission;
  readonly #listeners = new Set<(events: LedgerEvent[]) => void>();
  readonly #arrivals = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #verifiedAt = 0;
  #clockOffsetMs = 0;
  #diverged: LedgerError | undefined;
  /** A block of later contracts has come: what is known stays readable, and nothing more can be known or sent. */
  #outdated: LedgerError | undefined;
  #closed = false;
  #refreshing: Promise<void> | undefined;

  constructor(options: FabricLedgerOptions) {
    this.networkId = options.networkId;
    this.#options = options;
    this.#chaincode = options.chaincode ?? DEFAULT_CHAINCODE;
    const replica = new FabricReplica(options.networkId, this.#chaincode, options.state, options.releases);
    this.#replica = replica;
    this.#follower = new Follower(options, { next: () => replica.next, take: (block) => this.#take(block), onError: (error) => this.#stopped(error) });
    this.#submission = new Submission({
      channel: options.channel,
      chaincode: this.#chaincode,
      organisations: () => [options.identity().mspId, ...this.#others()],
      replica,
      commits: this.#commits,
      timeoutMs: options.submitTimeoutMs ?? 60_000,
      now: () => this.#now(),
      gateway: () => this.#follower.connection.gateway,
      refresh: () => this.refresh(),
      assertUsable: () => this.#assertCurrent(),
      onClock: (offsetMs) => (this.#clockOffsetMs = offsetMs),
    });
  }

  /** Begins to follow the channel. Resolves at once; {@link Ledger.head} throws STALE until the genesis was read. */
  start(): void {
    this.#follower.start();
    this.#timer = setInterval(() => void this.#poll().catch((error: unknown) => this.#report(error)), POLL_MS);
  }

  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  head(): VerifiedHead {
    this.#assertUsable();
    const head = this.#replica.head();
    if (head === undefined) throw new LedgerError('STALE', 'no block of the network has been read yet; wait for the first contact with the ledger');
    return { ...head, verifiedAt: this.#verifiedAt };
  }

  submit(tx: SignedTransaction): Promise<SubmitResult> {
    return this.#submission.submit(tx);
  }

  /** Puts the genesis of this network on its channel, once; done by the founder. */
  found(genesis: FabricGenesis): Promise<void> {
    return this.#submission.found(genesis);
  }

  /**
   * Brings the records to the version of the contracts that this build has, once it is in force on the channel; done by the
   * operator that put it into force, and by any other.
   *
   * @throws LedgerError CONTRACTS_MISMATCH while it is not in force, or a later one is; UNAVAILABLE, TIMEOUT
   */
  upgrade(): Promise<void> {
    return this.#submission.upgrade();
  }

  /** Version of the contracts in force on the ledger as far as it was read; undefined before the genesis. */
  get contracts(): string | undefined {
    return this.#replica.contracts;
  }

  /** Sends a transaction that changes nothing through endorsement, ordering and validation: whether submitting works. */
  ping(): Promise<void> {
    return this.#submission.ping();
  }

  async evaluate<T = Json>(contract: string, method: string, args: JsonObject, options: { maxStalenessMs?: number } = {}): Promise<T> {
    this.#assertUsable();
    await ensureFresh({ verifiedAt: () => this.#verifiedAt, now: () => this.#now(), refresh: () => this.refresh() }, options.maxStalenessMs);
    return this.#replica.evaluate(contract, method, args, this.#now()) as T;
  }

  events(fromHeight: number, signal?: AbortSignal): AsyncIterable<LedgerEvent> {
    const source = { past: (from: number) => this.#pastEvents(from), onChange: (listener: (events: LedgerEvent[]) => void) => this.onChange(listener), closed: () => this.#closed };
    return eventStream(source, fromHeight, signal);
  }

  *#pastEvents(fromHeight: number): Generator<LedgerEvent> {
    for (let from = fromHeight; ; ) {
      const blocks = this.#options.state.blocks(from, BLOCKS_AT_ONCE);
      for (const block of blocks) yield* block.events;
      const last = blocks.at(-1);
      if (last === undefined) return;
      from = last.header.height + 1;
    }
  }

  onChange(listener: (events: LedgerEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Where records name a height, it is that of the contracts' logical clock: the transaction stands there or a little later. */
  transactionAt(height: number, holds: (payload: TransactionPayload) => boolean): TransactionPayload | undefined {
    for (const block of this.#options.state.blocks(height, SEARCHED_BLOCKS)) {
      const found = block.transactions.find((each) => (each.height === height || block.header.height === height) && holds(each.tx.payload));
      if (found !== undefined) return found.tx.payload;
    }
    return undefined;
  }

  blockTime(height: number): number | undefined {
    const [block]: StoredFabricBlock[] = this.#options.state.blocks(height, 1);
    return block?.header.time;
  }

  /** The verified blocks, to look at and to export. */
  inspection(): FabricInspection {
    const { networkId, channel, state } = this.#options;
    return new FabricInspection({ networkId, channel, chaincode: this.#chaincode, state, next: () => this.#replica.next, gateway: () => this.#follower.connection.gateway });
  }

  async prove(key: string, height: number): Promise<FabricProof> {
    this.#assertUsable();
    return proveWrite(this.#options.state, { channel: this.#options.channel, chaincode: this.#chaincode, gateway: this.#follower.connection.gateway }, key, height);
  }

  /** The newest block of the channel that was verified here, with or without transactions; undefined before the first. */
  get lastBlock(): { readonly number: number; readonly hash: string } | undefined {
    this.#assertUsable();
    return this.#replica.last;
  }

  /** Whole blocks of the channel from Fabric's number `from` to {@link lastBlock}, from the own peer. @throws LedgerError UNAVAILABLE */
  blocks(from: number): AsyncIterable<RawBlock> {
    return channelBlocks(this.#follower.connection.gateway, this.#options.channel, from, this.lastBlock?.number ?? -1);
  }

  /** Brings the replica to the newest block that is known of. Rejects with UNAVAILABLE, STALE or DIVERGED. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #poll(): Promise<void> {
    if (this.#follower.renewIdentity()) return;
    // Nobody may submit while the clock is known to be wrong, so nobody else would find out that it is right again.
    if (this.#clockOffsetMs !== 0) await this.#submission.askClock();
    await this.refresh();
  }

  async #refresh(): Promise<void> {
    this.#assertCurrent();
    const asked = this.#now();
    const newest = await newestBlock(this.#follower.connection.gateway, this.#options.channel, this.#others());
    const deadline = Date.now() + REFRESH_MS;
    while (this.#replica.next <= newest) {
      this.#assertCurrent();
      if (Date.now() > deadline) throw new LedgerError('STALE', `block ${newest} is known of but has not arrived; the own peer lags behind, look at its log`);
      await this.#arrival(deadline - Date.now());
    }
    this.#verifiedAt = asked;
  }

  #others(): readonly string[] {
    return this.#options.confirmWith?.() ?? [];
  }

  #arrival(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#arrivals.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms) + 1);
      this.#arrivals.add(done);
    });
  }

  async #take(block: FabricBlock): Promise<void> {
    this.#assertUsable();
    assertNotAhead(block, this.#chaincode, this.#now(), this.#options.maxClockSkewMs);
    const events = this.#apply(block);
    for (const { txId, code } of block.transactions) this.#commits.seen(txId, code);
    if (events !== undefined) for (const listener of this.#listeners) listener(events);
    for (const arrived of this.#arrivals) arrived();
    // A long chain takes minutes to verify: leases, probes and an orderly end must not wait for it.
    await setImmediate();
  }

  #apply(block: FabricBlock): LedgerEvent[] | undefined {
    try {
      return this.#replica.apply(block);
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'BLOCK_INVALID') {
        this.#diverged ??= new LedgerError('DIVERGED', `the ledger is not what the contracts make of it: ${error.message}; nothing is authorised until the members have found out why`);
        this.#commits.abandon();
      }
      if (error instanceof LedgerError && error.code === 'CONTRACTS_MISMATCH') {
        this.#outdated = error;
        this.#commits.abandon();
        for (const arrived of this.#arrivals) arrived();
      }
      throw error;
    }
  }

  #assertUsable(): void {
    if (this.#closed) throw new LedgerError('CLOSED', 'the ledger client was closed');
    if (this.#diverged !== undefined) throw this.#diverged;
  }

  /** As {@link #assertUsable}, for what has to know of the newest block. */
  #assertCurrent(): void {
    this.#assertUsable();
    if (this.#outdated !== undefined) throw this.#outdated;
  }

  /** Blocks do not come any more. Where that may be the clock's fault, the own contracts know how wrong it is. */
  async #stopped(error: unknown): Promise<void> {
    this.#report(error);
    const clock = error instanceof LedgerError ? error.code === 'CLOCK_SKEW' : error instanceof Error && REFUSED_FOR_ITS_TIME.test(error.message);
    if (clock) await this.#submission.askClock().catch((problem: unknown) => this.#report(problem));
  }

  #report(error: unknown): void {
    if (!this.#closed) this.#options.onError?.(error);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    for (const arrived of this.#arrivals) arrived();
    this.#commits.abandon();
    await this.#refreshing?.catch(() => undefined);
    await this.#follower.close();
    this.#options.state.close();
  }
}
