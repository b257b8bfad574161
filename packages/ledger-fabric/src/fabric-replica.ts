import { contractsInForce, isOlderVersion, RELEASES, type ContractsRelease, type ContractsReleases } from '@collabnet/contracts';
import { canonicalJson, type Json, type JsonObject } from '@collabnet/envelope';
import { contractsOf, fromArguments, isPartyKey, StampedState, type CallArguments, type StateReader } from '@collabnet/fabric-execution';
import { asLedgerError, LedgerError, nextStateRoot, writesRoot, type Head, type LedgerEvent } from '@collabnet/ledger';
import { isCounted } from './counted-call.ts';
import type { BlockTransaction, FabricBlock } from './fabric-block.ts';
import { policyMetadata } from './key-metadata.ts';
import { runCall, type Applied } from './run-call.ts';
import type { FabricState } from './stored-block.ts';
import { takeCall } from './take-call.ts';

type Call = NonNullable<BlockTransaction['call']>;
/** `taken`: from its endorsers, and not run again. */
type Done = Applied & { readonly taken: boolean };

/**
 * A verifying copy of one channel. It does not take the peer's word for what the contracts decided: each valid
 * transaction is run again, from its signature on, and must write exactly what stands in the block. It takes the peer's
 * word for which transactions Fabric found valid (endorsed by enough organisations, read sets current).
 *
 * Blocks of an earlier version of the contracts, which this build does not have, are taken as they were endorsed; its head
 * says up to where. Blocks of a later version never are.
 */
export class FabricReplica {
  readonly networkId: string;
  readonly state: FabricState;
  readonly #releases: ContractsReleases;
  readonly #chaincode: string;
  #last: { number: number; hash: string } | undefined;

  constructor(networkId: string, chaincode: string, state: FabricState, releases: ContractsReleases = RELEASES) {
    this.networkId = networkId;
    this.#chaincode = chaincode;
    this.#releases = releases;
    this.state = state;
    const genesis = state.block(0)?.genesis;
    const found = state.head();
    if (found === undefined) return;
    const id = (state.get('network') as { value?: { networkId: string } } | undefined)?.value?.networkId;
    if (genesis === undefined || id !== networkId) {
      throw new LedgerError('STORE_FAILED', `the store holds network ${id ?? 'none'}, not ${networkId}; delete the file, it is only a cache`);
    }
    this.#last = { number: found.header.number, hash: found.header.hash };
  }

  /** Last verified block with transactions of the contracts; undefined before the genesis was read. */
  head(): (Head & { takenUpTo?: number }) | undefined {
    const block = this.state.head();
    if (block === undefined) return undefined;
    const { height, hash, stateRoot, time, takenUpTo } = block.header;
    return { height, hash, stateRoot, time, ...(takenUpTo !== undefined && { takenUpTo }) };
  }

  /** The last block of the channel that was verified, with or without transactions of the contracts. */
  get last(): { readonly number: number; readonly hash: string } | undefined {
    return this.#last;
  }

  /** Fabric's number of the block that is wanted next. */
  get next(): number {
    return (this.#last?.number ?? -1) + 1;
  }

  /**
   * Verifies and applies the next block.
   *
   * @returns the events of its transactions; undefined where it holds none of the contracts
   * @throws LedgerError BLOCK_INVALID naming the block and what does not hold; CONTRACTS_MISMATCH. Nothing of it is kept.
   */
  apply(block: FabricBlock): LedgerEvent[] | undefined {
    if (block.number !== this.next) throw invalid(block, `block ${this.next} was expected`);
    if (this.#last !== undefined && block.previous !== this.#last.hash) throw invalid(block, 'it does not continue the block before it');
    const calls = block.transactions.flatMap((tx) => this.#callsOf(block, tx));
    const events = calls.length === 0 ? undefined : this.#applyCalls(block, calls);
    this.#last = { number: block.number, hash: block.hash };
    return events;
  }

  /** Read-only contract method on the verified state. @param now epoch ms, never taken as before the head's own time */
  evaluate(contract: string, method: string, args: JsonObject, now: number): Json {
    const head = this.head();
    if (head === undefined) throw new LedgerError('STALE', 'no block has been read yet; wait for the first contact with the ledger');
    const block = { networkId: this.networkId, height: head.height, time: Math.max(now, head.time) };
    try {
      return (this.release ?? this.newest).query(new StampedState(this.reader), block, contract, method, args);
    } catch (error) {
      throw asLedgerError(error);
    }
  }

  /** The verified state, as an endorser would read it. */
  get reader(): StateReader {
    return this.state as unknown as StateReader;
  }

  /** Version of the contracts that the records are of; undefined before the genesis was read. */
  get contracts(): string | undefined {
    return contractsInForce(new StampedState(this.reader));
  }

  /** The rules in force; undefined where this build does not have them. */
  get release(): ContractsRelease | undefined {
    return this.#releases.of(this.contracts ?? this.newest.version);
  }

  /** The newest rules that this build has. */
  get newest(): ContractsRelease {
    return this.#releases.newest;
  }

  /** The calls of the contracts in a transaction: one or none. */
  #callsOf(block: FabricBlock, { code, call, txId }: BlockTransaction): Call[] {
    if (code !== 'VALID' || call === undefined) return [];
    const name = this.#chaincode;
    if (!isCounted(call, name)) return [];
    if (call.otherChanges.includes(name)) throw invalid(block, `transaction ${txId} changes private data of ${name}`);
    if (call.chaincode !== name) throw invalid(block, `transaction ${txId} of chaincode ${call.chaincode} writes into ${name}`);
    return [call];
  }

  #applyCalls(block: FabricBlock, calls: Call[]): LedgerEvent[] {
    const previous = this.head();
    this.state.beginBlock();
    try {
      const applied: Done[] = [];
      for (const call of calls) applied.push(this.#applyCall(block, call, previous === undefined && applied.length === 0));
      const height = previous === undefined ? Math.max(...applied.map((each) => each.height)) : Math.max(previous.height + 1, ...applied.map((each) => each.height));
      const time = Math.max(previous?.time ?? 0, ...applied.map((each) => each.time));
      const events = applied.flatMap((each) => each.events).map((event, index) => ({ ...event, height, time, index }));
      const stateRoot = nextStateRoot(previous?.stateRoot ?? '', writesRoot(this.state.writes()));
      const [first] = applied;
      const takenUpTo = applied.some(({ taken }) => taken) ? height : previous?.takenUpTo;
      this.state.commitBlock({
        header: { height, number: block.number, hash: block.hash, time, stateRoot, ...(takenUpTo !== undefined && { takenUpTo }) },
        ...(first?.stored.genesis !== undefined && { genesis: first.stored.genesis }),
        transactions: applied.flatMap((each) => each.stored.transactions),
        events,
      });
      return events;
    } catch (error) {
      this.state.discardBlock();
      throw error;
    }
  }

  #applyCall(block: FabricBlock, call: Call, first: boolean): Done {
    const contracts = contractsOf(call.args) ?? this.newest.version;
    const release = this.#releases.of(contracts);
    // Before its arguments are read: those of a later version may look different.
    if (release === undefined) this.#assertOlder(block, contracts);
    const args = this.#arguments(block, call, contracts);
    if ((args.name === 'found') !== first) throw invalid(block, 'the first call of a network is its genesis, and no later one is');
    const applied = this.#trying(block, () => (release === undefined ? this.#take(call, args, contracts) : runCall(this.reader, args, call.time, release)));
    if (args.name === 'found' && applied.digest !== this.networkId) throw invalid(block, `its genesis hashes to ${applied.digest}, not to the network id ${this.networkId}`);
    if (release !== undefined) this.#compare(block, call, applied, contracts);
    for (const { key, text } of applied.writes) {
      if (text === undefined) this.state.delete(key);
      else this.state.put(key, JSON.parse(text) as Json);
    }
    return { ...applied, taken: release === undefined };
  }

  #take(call: Call, args: CallArguments, contracts: string): Applied {
    if (call.metadata.get(this.#chaincode)?.some(({ key }) => !isPartyKey(key)) === true) throw new Error('it sets the endorsement policy of a record');
    return takeCall(this.reader, this.networkId, { call: args, contracts, time: call.time, answer: call.answer, writes: call.writes.get(this.#chaincode) ?? [] });
  }

  /** A later version's endorsers are not believed: whoever runs it can check them. No sign of altered rules, though. */
  #assertOlder(block: FabricBlock, contracts: string): void {
    const { version } = this.newest;
    if (isOlderVersion(contracts, version)) return;
    throw new LedgerError('CONTRACTS_MISMATCH', `block ${block.number}: it was made with contracts ${contracts}, and this build has ${version}; the ledger can be read up to there. Upgrade this institution to a release with the version that the channel has put into force`);
  }

  #trying<T>(block: FabricBlock, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof LedgerError) throw cause.code === 'BLOCK_INVALID' ? invalid(block, cause.message) : cause;
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw invalid(block, `it contains a transaction that the contracts refuse here: ${detail}`, cause);
    }
  }

  #arguments(block: FabricBlock, call: Call, contracts: string): CallArguments {
    try {
      return fromArguments(call.args, contracts);
    } catch (cause) {
      throw invalid(block, `its call is none: ${String(cause)}`, cause);
    }
  }

  #compare(block: FabricBlock, call: Call, { digest, height, time, writes, policies }: Applied, contracts: string): void {
    const theirs = new Map((call.writes.get(this.#chaincode) ?? []).map(({ key, text }) => [key, text]));
    const other = writes.find(({ key, text }) => !theirs.has(key) || theirs.get(key) !== text)?.key ?? [...theirs.keys()].find((key) => !writes.some((write) => write.key === key));
    const [set, due] = [call.metadata.get(this.#chaincode) ?? [], policies.map(policyMetadata)].map((each) => each.map(({ key, text }) => `${key} ${text}`).sort().join('\n'));
    if (set !== due) throw invalid(block, `transaction ${digest} sets other endorsement policies than the contracts do here; its endorsers run altered rules`);
    if (other !== undefined) throw invalid(block, `transaction ${digest} wrote another value to ${other} than the contracts do here; its endorsers run altered rules`);
    if (call.answer !== canonicalJson({ contracts, digest, height, time })) throw invalid(block, `the answer to transaction ${digest} is not what the contracts came to here`);
  }
}

function invalid(block: FabricBlock, detail: string, cause?: unknown): LedgerError {
  return new LedgerError('BLOCK_INVALID', `block ${block.number}: ${detail}`, { cause });
}
