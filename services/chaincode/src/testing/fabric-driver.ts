import assert from 'node:assert/strict';
import { networkIdOf, type GenesisPayload } from '@collabnet/contracts';
import type { Driver } from '@collabnet/contracts/testing';
import { canonicalJson, transactionDigest, type Json, type JsonObject, type SignedTransaction } from '@collabnet/envelope';
import { executeCall, type StateReader } from '@collabnet/fabric-execution';
import { LedgerError, SqliteState } from '@collabnet/ledger';
import { FabricLedgerClient, proposeOnly, type FabricLedgerOptions, type StoredFabricBlock } from '@collabnet/ledger-fabric';
import type { TestLedgerNetwork } from './test-ledger-network.ts';

let networks = 0;
const MOST_PROPOSALS = 3;

/**
 * The contract suites' driver over a real Fabric: each network is a chaincode definition of its own on one channel. What
 * is refused is refused twice, by the verified replica and by the endorsers, and must be refused alike.
 */
export class FabricDriver implements Driver {
  readonly networkId: string;
  readonly client: FabricLedgerClient;
  readonly chaincode: string;
  readonly #options: FabricLedgerOptions;
  readonly state: SqliteState<StoredFabricBlock>;
  /** Undefined: the real time. */
  #now: number | undefined;

  private constructor(network: TestLedgerNetwork, chaincode: string, payload: GenesisPayload, clock: 'Fixed' | 'Real') {
    this.networkId = networkIdOf(payload);
    this.chaincode = chaincode;
    this.#now = clock === 'Fixed' ? payload.createdAt : undefined;
    this.state = new SqliteState<StoredFabricBlock>(':memory:');
    const mspId = network.fabric.members[0]?.institution.mspId ?? '';
    this.#options = { ...network.options(mspId, { networkId: this.networkId, chaincode, state: this.state }), now: () => this.now() };
    this.client = new FabricLedgerClient(this.#options);
  }

  static async found(network: TestLedgerNetwork, payload: GenesisPayload, sign: (message: string) => string, clock: 'Fixed' | 'Real' = 'Fixed'): Promise<FabricDriver> {
    const chaincode = `contracts-${Date.now().toString(36)}-${(networks += 1)}`;
    await network.define(chaincode);
    const driver = new FabricDriver(network, chaincode, payload, clock);
    driver.client.start();
    await driver.client.found({ payload, signature: sign(canonicalJson(payload)) });
    return driver;
  }

  now(): number {
    return this.#now ?? Date.now();
  }

  advanceTime(ms: number): void {
    this.#now = this.now() + ms;
  }

  async execute(tx: SignedTransaction): ReturnType<Driver['execute']> {
    const sent = structuredClone(tx);
    const digest = transactionDigest(tx.payload);
    if (this.state.get(`tx/${digest}`) !== undefined) {
      // The driver answers this one; the suite wants to see what the ledger says.
      await this.#propose(sent);
    }
    const planned = ((): ReturnType<typeof executeCall> | undefined => {
      try {
        return executeCall(this.state as unknown as StateReader, { tx: sent, seenHeight: this.client.head().height, time: this.now() });
      } catch {
        return undefined;
      }
    })();
    try {
      const { height } = await this.client.submit(sent);
      assert.ok(planned !== undefined, 'the ledger took what the replica refuses');
      return { digest, height, result: planned.result, events: planned.events };
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      const { code, field } = error as { code?: string; field?: string };
      await assert.rejects(this.#propose(sent), { code, ...(field !== undefined && { field }) });
      throw error;
    }
  }

  /** Endorsers that could not be asked are asked again: their word is what is tested, not that they have time at once. */
  async #propose(tx: SignedTransaction): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await proposeOnly(this.#options, tx, this.client.head().height);
      } catch (error) {
        if (!(error instanceof LedgerError) || error.code !== 'UNAVAILABLE' || attempt === MOST_PROPOSALS) throw error;
      }
    }
  }

  async query(contract: string, method: string, args: JsonObject): Promise<Json> {
    return this.client.evaluate(contract, method, args);
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
