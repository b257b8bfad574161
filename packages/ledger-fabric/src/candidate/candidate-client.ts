import { setImmediate } from 'node:timers/promises';
import { common } from '@hyperledger/fabric-protos';
import { keys, type ContractsReleases } from '@collabnet/contracts';
import { transactionDigest, type Json, type JsonObject, type SignedTransaction } from '@collabnet/envelope';
import { clockOffset, ensureFresh, LedgerError, SqliteState, type LedgerEvent, type SubmitResult, type VerifiedHead } from '@collabnet/ledger';
import type { NatsConnection } from '@collabnet/messaging';
import { assertNotAhead } from '../clock-check.ts';
import type { FabricBlock } from '../fabric-block.ts';
import { FabricReplica } from '../fabric-replica.ts';
import { DEFAULT_CHAINCODE } from '../options.ts';
import { parseBlock } from '../parse-block.ts';
import type { StoredFabricBlock } from '../stored-block.ts';
import { CandidateHost } from './candidate-host.ts';

const POLL_MS = 2_000;

export interface FabricCandidateOptions {
  /** As the invitation names it: a channel with another genesis is refused. */
  readonly networkId: string;
  readonly invitationId: string;
  /** To the hub, under the invitation's credentials; left to its owner. */
  readonly connection: NatsConnection;
  /** Name of the chaincode on the channel; default `collabnet`. */
  readonly chaincode?: string | undefined;
  /** Versions of the contracts that this build can run; those of `@collabnet/contracts` when absent. */
  readonly releases?: ContractsReleases | undefined;
  readonly now?: (() => number) | undefined;
  /** Blocks may lie at most this far ahead of the local clock, ms; default 10 min (design §8.7). */
  readonly maxClockSkewMs?: number | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * The ledger on Fabric for an institution that has an invitation and no peer in the channel yet: reads the blocks that
 * the host passes on, verifies each from the first on as members do, and can submit its request to join.
 */
export class FabricCandidateClient {
  readonly networkId: string;
  readonly #options: FabricCandidateOptions;
  readonly #chaincode: string;
  readonly #host: CandidateHost;
  readonly #replica: FabricReplica;
  readonly #listeners = new Set<(events: LedgerEvent[]) => void>();
  #first: Uint8Array | undefined;
  #definition: string | undefined;
  /** Set from the first block on that this build has no rules for; then {@link #seen} goes on alone. */
  #mismatch: LedgerError | undefined;
  /** Blocks that were read. */
  #seen = 0;
  #verifiedAt = 0;
  #clockOffsetMs = 0;
  #failed: LedgerError | undefined;
  #refreshing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: FabricCandidateOptions) {
    this.networkId = options.networkId;
    this.#options = options;
    this.#chaincode = options.chaincode ?? DEFAULT_CHAINCODE;
    this.#host = new CandidateHost(options.connection, options.networkId, options.invitationId);
    // In memory: only who has read all from the first block on knows that the first one is that of this network.
    this.#replica = new FabricReplica(options.networkId, this.#chaincode, new SqliteState<StoredFabricBlock>(':memory:'), options.releases);
  }

  /** Begins to follow the channel. Resolves at once; {@link head} throws STALE until the genesis was read. */
  start(): void {
    const poll = (): void => void this.refresh().catch((error: unknown) => this.#closed || this.#options.onError?.(error));
    this.#timer = setInterval(poll, POLL_MS);
    poll();
  }

  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /** @throws LedgerError STALE before the genesis was read; BLOCK_INVALID once the host has shown something else than this network */
  head(): VerifiedHead {
    this.#assertUsable();
    const head = this.#replica.head();
    if (head === undefined) throw new LedgerError('STALE', 'no block of the network has been read yet; wait for the first contact with the ledger');
    return { ...head, verifiedAt: this.#verifiedAt };
  }

  /**
   * Version of the definition of the contracts that the members have put into force, as the last block that was read has it;
   * undefined before the first one. Known also where this build has no rules for those contracts.
   */
  get definition(): string | undefined {
    return this.#definition;
  }

  /** Block 0 of the channel, serialised: what an own peer joins it with. Waits for the verified genesis. @throws as {@link refresh} */
  async firstBlock(): Promise<Uint8Array> {
    if (this.#replica.head() === undefined) await this.refresh();
    this.head();
    return this.#first as Uint8Array;
  }

  async evaluate<T = Json>(contract: string, method: string, args: JsonObject, options: { maxStalenessMs?: number } = {}): Promise<T> {
    this.#assertUsable();
    await ensureFresh({ verifiedAt: () => this.#verifiedAt, now: () => this.#now(), refresh: () => this.refresh() }, options.maxStalenessMs);
    return this.#replica.evaluate(contract, method, args, this.#now()) as T;
  }

  /**
   * Submits the signed request to join through the host; every other method is refused.
   *
   * @throws LedgerError FORBIDDEN, the contract's code, UNAVAILABLE, TIMEOUT; DIVERGED when the host has it on no block
   */
  async submit(tx: SignedTransaction): Promise<SubmitResult> {
    this.#assertUsable();
    const digest = transactionDigest(tx.payload);
    const heightOf = (): number | undefined => this.#replica.state.history(keys.transaction(digest))[0]?.height;
    if (heightOf() === undefined) {
      await this.#host.join(tx);
      // What was under way already may have asked before the block was there; the next has not.
      await this.refresh();
      if (heightOf() === undefined) await this.refresh();
    }
    const height = heightOf();
    if (height === undefined) throw new LedgerError('DIVERGED', `the ledger host reported transaction ${digest} as recorded, but it is in none of its blocks`, { digest });
    return { height, digest };
  }

  /** Calls back after each newly verified block, with its events. Returns the unsubscribe function. */
  onChange(listener: (events: LedgerEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Brings the replica to the host's newest block. Rejects with UNAVAILABLE, TIMEOUT, CONTRACTS_MISMATCH, CLOCK_SKEW; BLOCK_INVALID for good. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    this.#assertUsable();
    const asked = this.#now();
    const head = await this.#host.head();
    this.#clockOffsetMs = clockOffset(head.now, asked, this.#now());
    for await (const octets of this.#host.blocks(this.#seen, head.number)) {
      this.#assertUsable();
      this.#take(octets);
      // A long chain takes minutes to verify: leases, probes and an orderly end must not wait for it.
      await setImmediate();
    }
    this.#assertUsable();
    if (this.#mismatch !== undefined) throw this.#mismatch;
    const { last } = this.#replica;
    if (last?.number === head.number && last.hash !== head.hash) this.#fail(`the host now shows another block ${head.number}`);
    this.#verifiedAt = asked;
  }

  #take(octets: Uint8Array): void {
    const block = this.#parse(octets);
    // What is in force is worth knowing also where nothing else can be.
    if (this.#mismatch !== undefined) return this.#note(block);
    assertNotAhead(block, this.#chaincode, this.#now(), this.#options.maxClockSkewMs);
    let events: LedgerEvent[] | undefined;
    try {
      events = this.#replica.apply(block);
    } catch (cause) {
      if (cause instanceof LedgerError && cause.code === 'BLOCK_INVALID') this.#fail(cause.message, cause);
      if (!(cause instanceof LedgerError) || cause.code !== 'CONTRACTS_MISMATCH') throw cause;
      this.#mismatch = cause;
    }
    this.#note(block);
    if (this.#mismatch !== undefined) return;
    if (block.number === 0) this.#first = octets;
    if (events !== undefined) for (const listener of this.#listeners) listener(events);
  }

  #note({ transactions }: FabricBlock): void {
    this.#seen += 1;
    for (const { code, call } of transactions) if (code === 'VALID') this.#definition = call?.definitions?.get(this.#chaincode) ?? this.#definition;
  }

  #parse(octets: Uint8Array): ReturnType<typeof parseBlock> {
    try {
      return parseBlock(common.Block.deserializeBinary(octets));
    } catch (cause) {
      return this.#fail(cause instanceof LedgerError ? cause.message : `block ${this.#seen}: it is none of Fabric`, cause);
    }
  }

  #fail(detail: string, cause?: unknown): never {
    this.#failed ??= new LedgerError('BLOCK_INVALID', detail, { cause });
    throw this.#failed;
  }

  #assertUsable(): void {
    if (this.#closed) throw new LedgerError('CLOSED', 'the ledger client was closed');
    if (this.#failed !== undefined) throw this.#failed;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#refreshing?.catch(() => undefined);
    this.#replica.state.close();
  }
}
