import { networkIdOf, type GenesisPayload } from '@collabnet/contracts';
import { setNetwork, TestNetwork, type Driver, type TestInstitution } from '@collabnet/contracts/testing';
import { canonicalJson, type Json, type JsonObject, type SignedTransaction } from '@collabnet/envelope';
import { LedgerNode, Replica, SqliteState, type SignedGenesis } from '@collabnet/ledger';
import { generateSm2KeyPair, sm2Sign } from '@collabnet/sm';

/**
 * A network of two banks in a ledger's own file, written by the ledger's own code but without a wire: what an embedded
 * ledger would hold after long use. Closed, the file is served by the service as if it had written it.
 */
export class LedgerFile implements Driver {
  readonly #path: string;
  readonly #signing = generateSm2KeyPair();
  #genesis: SignedGenesis | undefined;
  #state: SqliteState | undefined;
  #node: LedgerNode | undefined;
  #view: Replica | undefined;

  private constructor(path: string) {
    this.#path = path;
  }

  static async found(path: string, hub: { url: string; caPem: string }): Promise<{ file: LedgerFile; network: TestNetwork; peer: TestInstitution }> {
    const file = new LedgerFile(path);
    const network = await TestNetwork.found((payload) => file.#prepare(payload, hub));
    // The block-signing key is part of the genesis, so the names that were given before it was put in do not hold.
    setNetwork(network.founder, network.id);
    await file.#open(network.founder);
    const peer = await network.admit('bank-b', [network.founder]);
    await network.approveAlgorithm([network.founder, peer]);
    await network.publish(network.founder);
    await network.publish(peer);
    return { file, network, peer };
  }

  get genesis(): SignedGenesis {
    if (this.#genesis === undefined) throw new Error('the ledger has not been founded yet');
    return this.#genesis;
  }

  get networkId(): string {
    return networkIdOf(this.genesis.payload);
  }

  get signingKey(): string {
    return this.#signing.privateKey;
  }

  get height(): number {
    return this.#host().head().height;
  }

  now(): number {
    return Date.now();
  }

  advanceTime(): void {
    throw new Error('this ledger runs by the real clock');
  }

  execute(tx: SignedTransaction): Promise<{ digest: string; height: number; result: Json }> {
    return this.#host().submit(tx);
  }

  query(contract: string, method: string, args: JsonObject): Promise<Json> {
    return Promise.resolve().then(() => {
      this.#view ??= new Replica(this.networkId, this.#store());
      return this.#view.evaluate(contract, method, args, Date.now());
    });
  }

  async close(): Promise<void> {
    await this.#node?.close();
    this.#node = undefined;
  }

  #prepare(payload: GenesisPayload, hub: { url: string; caPem: string }): this {
    payload.ledger = { ...payload.ledger, blockSigningKey: this.#signing.publicKey, hub };
    this.#genesis = { payload, signature: '' };
    return this;
  }

  async #open(founder: TestInstitution): Promise<void> {
    const { payload } = this.genesis;
    this.#genesis = { payload, signature: sm2Sign(canonicalJson(payload), founder.keys.privateKey) };
    this.#state = new SqliteState(this.#path);
    this.#node = await LedgerNode.open({ state: this.#state, genesis: this.#genesis, sign: (message) => Promise.resolve(sm2Sign(message, this.#signing.privateKey)) });
  }

  #host(): LedgerNode {
    if (this.#node === undefined) throw new Error('the ledger file is closed');
    return this.#node;
  }

  #store(): SqliteState {
    if (this.#state === undefined) throw new Error('the ledger file is closed');
    return this.#state;
  }
}
