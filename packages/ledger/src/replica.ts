import { query, CONTRACTS_VERSION, type ContractEvent } from '@collabnet/contracts';
import { canonicalJson, type Json, type JsonObject } from '@collabnet/envelope';
import { sm2Verify } from '@collabnet/sm';
import { blockHash, blockSchema, blockSignatureHolds, networkIdOf, NO_PREVIOUS, transactionsRoot, type Block } from './block.ts';
import { LedgerError } from './errors.ts';
import { asLedgerError, executeGenesis, executeTransaction } from './execute-block.ts';
import type { SqliteState } from './sqlite-state.ts';
import { nextStateRoot, writesRoot } from './writes.ts';

/** A contract event with its place on the chain. `index` orders events of one block. */
export interface LedgerEvent extends ContractEvent {
  height: number;
  time: number;
  index: number;
  transaction: string;
}

export interface Head {
  height: number;
  hash: string;
  stateRoot: string;
  time: number;
}

/**
 * A verifying copy of one chain: each block's signature, chaining, roots and effects are recomputed before it counts.
 * It trusts the genesis hash (the network's id) and nothing else; the block-signing key is read from the genesis.
 */
export class Replica {
  readonly networkId: string;
  readonly state: SqliteState;
  #head: Head | undefined;

  constructor(networkId: string, state: SqliteState) {
    this.networkId = networkId;
    this.state = state;
    const last = state.head();
    if (last !== undefined) {
      if (last.header.network !== networkId) {
        throw new LedgerError('STORE_FAILED', `the store holds network ${last.header.network}, not ${networkId}; delete the file, it is only a cache`);
      }
      this.#head = headOf(last);
    }
  }

  /** Last verified block, or undefined before the genesis was read. */
  head(): Head | undefined {
    return this.#head;
  }

  /**
   * Verifies and applies the next block.
   *
   * @returns the events of its transactions, in order.
   * @throws LedgerError BLOCK_INVALID naming the height and what does not hold; nothing of the block is kept.
   */
  apply(input: Block): LedgerEvent[] {
    const parsed = blockSchema.safeParse(input);
    const height = (this.#head?.height ?? -1) + 1;
    if (!parsed.success) throw invalid(height, `malformed: ${parsed.error.issues[0]?.message ?? 'unknown'} at ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
    const block = parsed.data;
    this.#verifyHeader(block, height);
    this.state.beginBlock();
    try {
      const events = this.#execute(block);
      const root = writesRoot(this.state.writes());
      if (root !== block.header.writesRoot) throw invalid(height, 'the writes root differs from what the contracts wrote here');
      const stateRoot = nextStateRoot(this.#head?.stateRoot ?? '', root);
      if (stateRoot !== block.header.stateRoot) throw invalid(height, 'the state root differs from the one computed here');
      this.state.commitBlock(block);
      this.#head = headOf(block);
      return events;
    } catch (error) {
      this.state.discardBlock();
      throw error;
    }
  }

  #verifyHeader(block: Block, height: number): void {
    const { header } = block;
    if (header.network !== this.networkId) throw invalid(height, `it belongs to network ${header.network}`);
    if (header.height !== height) throw invalid(height, `it says height ${header.height}`);
    if (header.previous !== (this.#head?.hash ?? NO_PREVIOUS)) throw invalid(height, 'it does not continue the block before it');
    if (header.time < (this.#head?.time ?? 0)) throw invalid(height, 'its time lies before the block before it');
    if (header.contractsVersion !== CONTRACTS_VERSION) {
      // No sign of a fork: a rolling upgrade brings hosts and replicas to one version at different times.
      throw new LedgerError('CONTRACTS_MISMATCH', `block ${height}: it was made with contracts ${header.contractsVersion}, this build has ${CONTRACTS_VERSION}; run the same version as the host of the ledger`, { height });
    }
    if (header.transactionsRoot !== transactionsRoot(block.transactions)) throw invalid(height, 'the transactions root does not match its transactions');
    if (height === 0) this.#verifyGenesis(block);
    if (height > 0 && block.genesis !== undefined) throw invalid(height, 'only block 0 may carry a genesis');
    if (!blockSignatureHolds(block, this.#signingKey(block))) throw invalid(height, 'the signature was not made by the block-signing key of the genesis');
  }

  #verifyGenesis(block: Block): void {
    const genesis = block.genesis;
    if (genesis === undefined || block.transactions.length > 0) throw invalid(0, 'block 0 must carry the genesis and no transactions');
    if (networkIdOf(genesis.payload) !== this.networkId) throw invalid(0, `its genesis hashes to ${networkIdOf(genesis.payload)}, not to the network id`);
    const text = canonicalJson(genesis.payload);
    if (!sm2Verify(text, genesis.signature, genesis.payload.founder.signKey)) throw invalid(0, "the founder's signature does not hold");
  }

  #signingKey(block: Block): string {
    const genesis = block.genesis ?? this.state.block(0)?.genesis;
    return genesis?.payload.ledger.blockSigningKey ?? '';
  }

  #execute(block: Block): LedgerEvent[] {
    const { height, time } = block.header;
    if (block.genesis !== undefined) {
      executeGenesis(this.state, block.genesis);
      return [];
    }
    const events: LedgerEvent[] = [];
    for (const tx of block.transactions) {
      const done = runOrRefuse(this.state, { networkId: this.networkId, height, time }, tx, height);
      for (const event of done.events) events.push({ ...event, height, time, index: events.length, transaction: done.digest });
    }
    return events;
  }

  /**
   * Answers a read-only contract method on the verified state.
   *
   * @param now epoch ms the contract shall take as block time: never before the head's own time.
   */
  evaluate(contract: string, method: string, args: JsonObject, now: number): Json {
    const head = this.#head;
    if (head === undefined) throw new LedgerError('STALE', 'no block has been read yet; wait for the first contact with the ledger');
    const block = { networkId: this.networkId, height: head.height, time: Math.max(now, head.time) };
    try {
      return this.state.read(() => query(this.state, block, contract, method, args));
    } catch (error) {
      throw asLedgerError(error);
    }
  }
}

function runOrRefuse(state: SqliteState, context: { networkId: string; height: number; time: number }, tx: Block['transactions'][number], height: number): ReturnType<typeof executeTransaction> {
  try {
    return executeTransaction(state, context, tx);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new LedgerError('BLOCK_INVALID', `block ${height}: it contains a transaction that the contracts refuse here: ${detail}`, { cause, height });
  }
}

function invalid(height: number, detail: string): LedgerError {
  return new LedgerError('BLOCK_INVALID', `block ${height}: ${detail}`, { height });
}

/** Head that a block stands for. */
export function headOf(block: Block): Head {
  return { height: block.header.height, hash: blockHash(block.header), stateRoot: block.header.stateRoot, time: block.header.time };
}
