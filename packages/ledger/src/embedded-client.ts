import { setImmediate } from 'node:timers/promises';
import { transactionDigest, type Json, type JsonObject, type SignedTransaction, type TransactionPayload } from '@collabnet/envelope';
import { keys } from '@collabnet/contracts';
import { LedgerError } from './errors.ts';
import { eventStream } from './event-stream.ts';
import { clockOffset, ensureFresh } from './freshness.ts';
import { HeadExchange, type HeadSigner } from './head-exchange.ts';
import type { Ledger, SubmitResult, VerifiedHead } from './ledger.ts';
import { prove, type Proof } from './proof.ts';
import { EmbeddedInspection } from './inspect/embedded-inspection.ts';
import { Replica, type LedgerEvent } from './replica.ts';
import type { SqliteState } from './sqlite-state.ts';
import type { LedgerTransport, SignedHead } from './transport.ts';

const POLL_MS = 2_000;
const HEAD_EXCHANGE_MS = 10_000;
const BLOCKS_PER_REQUEST = 200;
const SUBMIT_TIMEOUT_MS = 30_000;
/** Times of blocks kept at hand; a megabyte. */
const MOST_TIMES = 20_000;

export interface EmbeddedLedgerOptions {
  networkId: string;
  transport: LedgerTransport;
  /** `new SqliteState(':memory:')` or a cache file; a file that fails verification is reported, never trusted. */
  state: SqliteState;
  /** Who signs this member's head statements; without it heads are only compared, not published. */
  headSigner?: HeadSigner;
  now?: () => number;
  /** Blocks may be stamped at most this far ahead of the local clock, ms; default 10 min (design §8.7). */
  maxClockSkewMs?: number;
  /** Time between two statements of the own head, ms; default 10 s. */
  headExchangeMs?: number;
  onError?: (error: unknown) => void;
}

/** Driver `embedded`: keeps a verifying replica of the chain and submits to its host over the given transport. */
export class EmbeddedLedgerClient implements Ledger {
  readonly networkId: string;
  readonly #options: EmbeddedLedgerOptions;
  readonly #replica: Replica;
  readonly #heads: HeadExchange;
  readonly #listeners = new Set<(events: LedgerEvent[]) => void>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #times = new Map<number, number>();
  #verifiedAt = 0;
  #clockOffsetMs = 0;
  #diverged: LedgerError | undefined;
  #syncing: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(options: EmbeddedLedgerOptions) {
    this.networkId = options.networkId;
    this.#options = options;
    const { networkId, state, transport, headSigner: signer } = options;
    this.#replica = new Replica(networkId, state);
    this.#heads = new HeadExchange({ networkId, state, replica: this.#replica, transport, signer });
  }

  /** Begins to follow the chain. Resolves at once; {@link Ledger.head} throws STALE until the first contact. */
  start(): void {
    const { transport } = this.#options;
    transport.onAnnouncement(() => this.#background(this.refresh()));
    transport.onHead?.((head) => this.#compareHead(head));
    this.#timers.push(setInterval(() => this.#background(this.refresh()), POLL_MS));
    this.#timers.push(setInterval(() => this.#background(this.#publishHead()), this.#options.headExchangeMs ?? HEAD_EXCHANGE_MS));
    this.#background(this.refresh());
  }

  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  head(): VerifiedHead {
    this.#assertUsable();
    const head = this.#replica.head();
    if (head === undefined) throw new LedgerError('STALE', 'no block has been read yet; wait for the first contact with the ledger');
    return { ...head, verifiedAt: this.#verifiedAt };
  }

  async submit(tx: SignedTransaction): Promise<SubmitResult> {
    this.#assertUsable();
    const digest = transactionDigest(tx.payload);
    const recorded = this.#heightOf(digest);
    if (recorded !== undefined) return { height: recorded, digest };
    const sent = await this.#send(tx, digest);
    const deadline = this.#now() + SUBMIT_TIMEOUT_MS;
    while ((this.#replica.head()?.height ?? -1) < sent.height) {
      if (this.#now() > deadline) throw new LedgerError('TIMEOUT', `transaction ${digest} was accepted but its block has not arrived; submit it again`, { digest });
      await this.refresh();
    }
    if (this.#heightOf(digest) === undefined) {
      throw new LedgerError('DIVERGED', `the ledger host reported transaction ${digest} at height ${sent.height}, but it is not on the verified chain`, { digest });
    }
    return { height: sent.height, digest };
  }

  async #send(tx: SignedTransaction, digest: string): Promise<SubmitResult> {
    try {
      const answer = await this.#options.transport.submit(tx);
      return { height: answer.height, digest };
    } catch (error) {
      // A lost reply looks like a failure to the sender; the digest being a unique key tells that it was recorded.
      if (!(error instanceof LedgerError) || error.code !== 'REPLAYED') throw error;
      await this.refresh();
      const height = this.#heightOf(digest);
      if (height === undefined) throw error;
      return { height, digest };
    }
  }

  #heightOf(digest: string): number | undefined {
    return this.#replica.state.history(keys.transaction(digest))[0]?.height;
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

  /** Derived anew by replaying into memory: the contracts are deterministic, so nothing need be stored. */
  #pastEvents(fromHeight: number): LedgerEvent[] {
    const shadow = new Replica(this.networkId, this.#options.state.fresh());
    const events: LedgerEvent[] = [];
    try {
      for (let from = 0; ; from += BLOCKS_PER_REQUEST) {
        const blocks = this.#options.state.blocks(from, BLOCKS_PER_REQUEST);
        for (const block of blocks) events.push(...shadow.apply(block).filter((event) => event.height >= fromHeight));
        if (blocks.length < BLOCKS_PER_REQUEST) return events;
      }
    } finally {
      shadow.state.close();
    }
  }

  onChange(listener: (events: LedgerEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  prove(key: string, height: number): Promise<Proof> {
    this.#assertUsable();
    return Promise.resolve().then(() => prove(this.#options.state, key, height));
  }

  /** Payload of the first transaction of a verified block for which `holds` is true; what it sealed is read from there. */
  transactionAt(height: number, holds: (payload: TransactionPayload) => boolean): TransactionPayload | undefined {
    return this.#options.state.block(height)?.transactions.find((tx) => holds(tx.payload))?.payload;
  }

  /** The verified chain, to look at and to export. */
  inspection(): EmbeddedInspection {
    return new EmbeddedInspection(this.networkId, this.#options.state);
  }

  blockTime(height: number): number | undefined {
    const known = this.#times.get(height);
    if (known !== undefined) return known;
    const time = this.#options.state.block(height)?.header.time;
    if (time !== undefined) this.#rememberTime(height, time);
    return time;
  }

  /** Every look at a task asks for some times; each would read and parse a whole block. */
  #rememberTime(height: number, time: number): void {
    if (this.#times.size >= MOST_TIMES) this.#times.clear();
    this.#times.set(height, time);
  }

  /** Brings the replica to the host's head. Rejects with UNAVAILABLE/TIMEOUT, or BLOCK_INVALID/DIVERGED for good. */
  refresh(): Promise<void> {
    if (this.#syncing !== undefined) {
      // A head announced while a round runs may lie past what that round asked for.
      this.#again = true;
      return this.#syncing;
    }
    this.#syncing = this.#sync().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  async #sync(): Promise<void> {
    do {
      this.#again = false;
      this.#assertUsable();
      const asked = this.#now();
      const remote = await this.#options.transport.head();
      if (remote.now !== undefined) this.#clockOffsetMs = clockOffset(remote.now, asked, this.#now());
      while ((this.#replica.head()?.height ?? -1) < remote.height) await this.#fetch();
      this.#checkRemoteHead(remote);
      this.#verifiedAt = asked;
    } while (this.#again && !this.#closed);
  }

  async #fetch(): Promise<void> {
    const from = (this.#replica.head()?.height ?? -1) + 1;
    const blocks = await this.#options.transport.blocks(from, BLOCKS_PER_REQUEST);
    if (blocks.length === 0) throw new LedgerError('UNAVAILABLE', `the ledger host sent no block ${from} although its head lies beyond it`);
    for (const block of blocks) {
      const ahead = block.header.time - this.#now();
      if (ahead > (this.#options.maxClockSkewMs ?? 600_000)) {
        throw new LedgerError('BLOCK_INVALID', `block ${block.header.height}: its time lies ${ahead} ms ahead of this clock; check the clocks`, { height: block.header.height });
      }
      this.#notify(this.#applyOrDiverge(block));
      // A long chain takes minutes to verify: leases, probes and an orderly end must not wait for it.
      await setImmediate();
      this.#assertUsable();
    }
  }

  #applyOrDiverge(block: Parameters<Replica['apply']>[0]): LedgerEvent[] {
    try {
      const events = this.#replica.apply(block);
      this.#rememberTime(block.header.height, block.header.time);
      return events;
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'BLOCK_INVALID') this.#diverge(error.message);
      throw error;
    }
  }

  #notify(events: LedgerEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }

  #checkRemoteHead(remote: { height: number; hash: string }): void {
    const ours = this.#heads.hashAt(remote.height);
    if (ours !== undefined && ours !== remote.hash) this.#diverge(`the host now shows another block at height ${remote.height}`);
  }

  #compareHead(head: SignedHead): void {
    if (this.#heads.provesFork(head)) this.#diverge(`${head.did} has verified another block at height ${head.height}`);
  }

  async #publishHead(): Promise<void> {
    // While the first blocks are read, the newest of them is no news to anybody.
    if (this.#verifiedAt > 0) await this.#heads.publish(this.#now());
  }

  #diverge(detail: string): void {
    this.#diverged ??= new LedgerError('DIVERGED', `the ledger has two histories: ${detail}; nothing is authorised until the members have agreed which one holds`);
  }

  #assertUsable(): void {
    if (this.#closed) throw new LedgerError('CLOSED', 'the ledger client was closed');
    if (this.#diverged !== undefined) throw this.#diverged;
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.#closed) this.#options.onError?.(error);
    });
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#syncing?.catch(() => undefined);
    await this.#options.transport.close();
    this.#options.state.close();
  }
}
