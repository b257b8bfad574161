import { setTimeout as sleep } from 'node:timers/promises';
import type { CloseableAsyncIterable } from '@hyperledger/fabric-gateway';
import type { common } from '@hyperledger/fabric-protos';
import { LedgerError } from '@collabnet/ledger';
import { blocksBeforeSnapshot } from './blocks-before-snapshot.ts';
import { newestBlock } from './chain-height.ts';
import { openConnection, type Connection } from './connection.ts';
import type { FabricBlock } from './fabric-block.ts';
import type { FabricLedgerOptions } from './options.ts';
import { parseBlock } from './parse-block.ts';

const RETRY_MS = { first: 200, most: 5_000 };
/** How long a peer has to answer on the wire. */
const CONNECT_MS = { theOnly: 5_000, oneOfSeveral: 2_000 };

/** What a follower tells of. */
export interface FollowerSink {
  /** Number of the block that is wanted next. */
  next(): number;
  /** Takes a block, in order. An error of code BLOCK_INVALID ends the following for good. */
  take(block: FabricBlock): Promise<void>;
  /** Told while the connection, if there was one, is still open. */
  onError(error: unknown): Promise<void>;
}

/** Keeps a connection to one of the own peers and reads its blocks, from where the replica stands. */
export class Follower {
  readonly #options: FabricLedgerOptions;
  readonly #sink: FollowerSink;
  readonly #abort = new AbortController();
  #connection: Connection | undefined;
  #blocks: CloseableAsyncIterable<common.Block> | undefined;
  #running: Promise<void> | undefined;
  /** Certificate of the connection in use. */
  #certificate = '';
  #renewing = false;

  constructor(options: FabricLedgerOptions, sink: FollowerSink) {
    this.#options = options;
    this.#sink = sink;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** The connection in use. @throws LedgerError UNAVAILABLE while there is none */
  get connection(): Connection {
    if (this.#connection === undefined) throw new LedgerError('UNAVAILABLE', `no peer of ${this.#options.endpoints().map(({ address }) => address).join(', ')} can be reached; check that one is running`);
    return this.#connection;
  }

  /**
   * Connects anew where the identity was renewed: peers refuse an old certificate once it has expired.
   *
   * @returns whether it does
   */
  renewIdentity(): boolean {
    if (this.#connection === undefined || this.#options.identity().certificate === this.#certificate) return false;
    this.#renewing = true;
    this.#blocks?.close();
    return true;
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#blocks?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    let wait = RETRY_MS.first;
    for (let turn = 0; !this.#abort.signal.aborted; turn++) {
      const before = this.#sink.next();
      try {
        await this.#follow(turn);
      } catch (error) {
        if (this.#abort.signal.aborted) break;
        if (!this.#renewing) await this.#sink.onError(error);
        if (error instanceof LedgerError && error.code === 'BLOCK_INVALID') break;
      } finally {
        this.#renewing = false;
        this.#connection?.close();
        this.#connection = undefined;
      }
      // Longer only once all have been tried: another one may well serve.
      if (this.#sink.next() > before) wait = RETRY_MS.first;
      else if ((turn + 1) % this.#options.endpoints().length === 0) wait = Math.min(RETRY_MS.most, wait * 2);
      await sleep(wait * (0.5 + Math.random()), undefined, { signal: this.#abort.signal }).catch(() => undefined);
    }
  }

  async #follow(turn: number): Promise<void> {
    const { identity, channel } = this.#options;
    const endpoints = this.#options.endpoints();
    const endpoint = endpoints[turn % endpoints.length];
    if (endpoint === undefined) throw new LedgerError('UNAVAILABLE', 'endpoints: name a peer of the own institution');
    const own = identity();
    this.#certificate = own.certificate;
    const connection = openConnection(endpoint, own);
    try {
      await connection.ready(endpoints.length > 1 ? CONNECT_MS.oneOfSeveral : CONNECT_MS.theOnly);
    } catch (cause) {
      connection.close();
      throw new LedgerError('UNAVAILABLE', `peer ${endpoint.address} cannot be reached`, { cause });
    }
    this.#connection = connection;
    const first = this.#sink.next();
    if (endpoints.length > 1 && first > 0) await notBehind(connection, channel, endpoint.address, first);
    this.#blocks = await connection.gateway.getNetwork(channel).getBlockEvents({ startBlock: BigInt(first) });
    try {
      for await (const block of this.#blocks) {
        await this.#sink.take(parseBlock(block));
        if (this.#abort.signal.aborted) return;
      }
    } catch (error) {
      const missing = this.#sink.next() === first && !(error instanceof LedgerError) ? await blocksBeforeSnapshot(connection.gateway, channel, endpoint.address, first).catch(() => undefined) : undefined;
      throw missing ?? error;
    }
    throw new LedgerError('UNAVAILABLE', `peer ${endpoint.address} has ended the stream of blocks`);
  }
}

/** One that is being rebuilt has nothing to tell, while another peer has. @param first number of the block that is wanted next */
async function notBehind({ gateway }: Connection, channel: string, address: string, first: number): Promise<void> {
  const newest = await newestBlock(gateway, channel, []);
  if (newest + 1 < first) throw new LedgerError('UNAVAILABLE', `peer ${address} is at block ${newest} and block ${first - 1} is known already; another one is asked`);
}
