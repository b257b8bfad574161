import { CONTRACTS_VERSION } from '@collabnet/contracts';
import { canonicalJson, type Json, type SignedTransaction } from '@collabnet/envelope';
import { BLOCK_SCHEMA, networkIdOf, NO_PREVIOUS, transactionsRoot, type Block, type SignedGenesis } from './block.ts';
import { LedgerError } from './errors.ts';
import { MAX_BLOCK_BYTES } from './protocol.ts';
import { assertSize } from './submitted.ts';
import { executeGenesis, executeTransaction, type ExecutedTransaction } from './execute-block.ts';
import { headOf, type Head } from './replica.ts';
import { storeProblem, type SqliteState } from './sqlite-state.ts';
import { nextStateRoot, writesRoot } from './writes.ts';

/** How long a block stays open for more transactions, ms: long enough to share one fsync, too short to be felt. */
const GATHER_MS = 5;
const MAX_TRANSACTIONS_PER_BLOCK = 100;
/** Beyond this many waiting submits the host answers UNAVAILABLE instead of growing. */
const MAX_QUEUE = 1000;

interface Waiting {
  tx: SignedTransaction;
  bytes: number;
  resolve(result: { height: number; digest: string; result: Json }): void;
  reject(error: unknown): void;
}

export interface LedgerNodeOptions {
  state: SqliteState;
  genesis: SignedGenesis;
  /** SM2 signature (base64url) by the block-signing key named in the genesis. */
  sign: (message: string) => Promise<string>;
  now?: () => number;
  onBlock?: (block: Block) => void;
}

/** The single writer of an embedded ledger: orders transactions into signed blocks. */
export class LedgerNode {
  readonly networkId: string;
  readonly #options: LedgerNodeOptions;
  readonly #state: SqliteState;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  #problem: string | undefined;

  private constructor(options: LedgerNodeOptions) {
    this.#options = options;
    this.#state = options.state;
    this.networkId = networkIdOf(options.genesis.payload);
  }

  /** Opens the ledger, writing block 0 when the store is empty. Throws LedgerError STORE_FAILED on another network's store. */
  static async open(options: LedgerNodeOptions): Promise<LedgerNode> {
    const node = new LedgerNode(options);
    const head = options.state.head();
    if (head !== undefined && head.header.network !== node.networkId) {
      throw new LedgerError('STORE_FAILED', `the store holds network ${head.header.network}, the genesis is of ${node.networkId}; give each network its own volume`);
    }
    if (head === undefined) await node.#writeGenesis();
    return node;
  }

  /** Why the last block could not be written; undefined when it was. */
  get problem(): string | undefined {
    return this.#problem;
  }

  head(): Head {
    const block = this.#state.head();
    if (block === undefined) throw new LedgerError('STORE_FAILED', 'the ledger has no genesis');
    return headOf(block);
  }

  /** Transactions that wait for a block. */
  get waiting(): number {
    return this.#queue.length;
  }

  blocks(from: number, limit: number): Block[] {
    return this.#state.blocks(from, limit);
  }

  /** Resolves when the transaction is in a durable block; rejects with the contract's code when refused. */
  async submit(tx: SignedTransaction): Promise<{ height: number; digest: string; result: Json }> {
    if (this.#closed) throw new LedgerError('CLOSED', 'the ledger is shutting down; submit again');
    const bytes = assertSize(tx);
    if (this.#queue.length >= MAX_QUEUE) throw new LedgerError('UNAVAILABLE', 'the ledger is busy; submit again');
    const promise = new Promise<{ height: number; digest: string; result: Json }>((resolve, reject) => {
      this.#queue.push({ tx, bytes, resolve, reject });
    });
    this.#running ??= this.#drain();
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    this.#state.close();
  }

  async #drain(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
        await this.#makeBlock(this.#nextBatch());
      }
    } finally {
      // Here and not in a callback of the promise: a submit in between would wait for a drain that is over.
      this.#running = undefined;
    }
  }

  #nextBatch(): Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const each of this.#queue) {
      bytes += each.bytes;
      if (count === MAX_TRANSACTIONS_PER_BLOCK || bytes > MAX_BLOCK_BYTES) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #makeBlock(batch: Waiting[]): Promise<void> {
    const previous = this.head();
    const context = { networkId: this.networkId, height: previous.height + 1, time: Math.max(previous.time, this.#now()) };
    const accepted: { waiting: Waiting; done: ExecutedTransaction }[] = [];
    this.#state.beginBlock();
    try {
      for (const waiting of batch) {
        try {
          accepted.push({ waiting, done: executeTransaction(this.#state, context, waiting.tx) });
        } catch (error) {
          if (error instanceof LedgerError && error.code === 'STORE_FAILED') throw error;
          waiting.reject(error);
        }
      }
      if (accepted.length === 0) {
        this.#state.discardBlock();
        return;
      }
      await this.#seal(context, previous, accepted.map((each) => each.waiting.tx));
    } catch (cause) {
      this.#state.discardBlock();
      this.#problem = cause instanceof LedgerError ? cause.message : storeProblem(cause);
      // Nothing of the block is there, so that submitting again is safe; those already refused stay refused.
      const error = new LedgerError('UNAVAILABLE', `cannot write block ${context.height}: ${this.#problem}`, { cause, height: context.height });
      for (const waiting of batch) waiting.reject(error);
      return;
    }
    this.#problem = undefined;
    for (const { waiting, done } of accepted) waiting.resolve({ height: context.height, digest: done.digest, result: done.result });
  }

  async #writeGenesis(): Promise<void> {
    this.#state.beginBlock();
    try {
      executeGenesis(this.#state, this.#options.genesis);
      const time = this.#options.genesis.payload.createdAt;
      await this.#seal({ height: 0, time }, undefined, [], this.#options.genesis);
    } catch (error) {
      this.#state.discardBlock();
      throw error;
    }
  }

  async #seal(context: { height: number; time: number }, previous: Head | undefined, transactions: SignedTransaction[], genesis?: SignedGenesis): Promise<void> {
    const writes = writesRoot(this.#state.writes());
    const header = {
      schema: BLOCK_SCHEMA,
      network: this.networkId,
      height: context.height,
      previous: previous?.hash ?? NO_PREVIOUS,
      time: context.time,
      transactionsRoot: transactionsRoot(transactions),
      writesRoot: writes,
      stateRoot: nextStateRoot(previous?.stateRoot ?? '', writes),
      contractsVersion: CONTRACTS_VERSION,
    } as const;
    const signature = await this.#options.sign(canonicalJson(header));
    const block: Block = { header, ...(genesis === undefined ? {} : { genesis }), transactions, signature };
    this.#state.commitBlock(block);
    try {
      this.#options.onBlock?.(block);
    } catch {
      // The block is durable; an announcement that is lost is made up for by the members' own polling.
    }
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}
