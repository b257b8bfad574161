import type { Driver, MakeDriver } from '@collabnet/contracts/testing';
import { Bench, TestNetwork, setNetwork } from '@collabnet/contracts/testing';
import { networkIdOf } from '@collabnet/contracts';
import type { GenesisPayload, NetworkRules } from '@collabnet/contracts';
import { canonicalJson } from '@collabnet/envelope';
import type { Json, JsonObject, SignedTransaction } from '@collabnet/envelope';
import { generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import { EmbeddedLedgerClient } from '../embedded-client.ts';
import { LedgerError } from '../errors.ts';
import { LedgerNode } from '../node.ts';
import { SqliteState } from '../sqlite-state.ts';
import type { LedgerTransport } from '../transport.ts';

/**
 * A real embedded ledger in this process, with real verifying replicas of it; only the wire between them is left out, so
 * that a test can cut it. Its clock is the real one plus what the test has moved it by.
 */
export class TestLedger implements Driver {
  readonly #signing = generateSm2KeyPair();
  readonly #clients: EmbeddedLedgerClient[] = [];
  readonly #announce = new Set<() => void>();
  #payload: GenesisPayload | undefined;
  #node: LedgerNode | undefined;
  #view: EmbeddedLedgerClient | undefined;
  #offset = 0;
  /** While set, replicas cannot reach the ledger. */
  cut = false;

  /** A network of two banks, each with an asset, and an approved algorithm. */
  static async bench(rules: Partial<NetworkRules> = {}): Promise<{ ledger: TestLedger; bench: Bench }> {
    const { ledger, net } = await TestLedger.found(rules);
    const b = await net.admit('bank-b', [net.founder]);
    await net.approveAlgorithm([net.founder, b]);
    return { ledger, bench: new Bench(net, b) };
  }

  /** A network of the one member `bank-a`. */
  static async found(rules: Partial<NetworkRules> = {}): Promise<{ ledger: TestLedger; net: TestNetwork }> {
    const ledger = new TestLedger();
    const make: MakeDriver = (payload) => ledger.#prepare(payload);
    const net = await TestNetwork.found(make, rules);
    // The block-signing key is part of the genesis, so the names that were given before it was put in do not hold.
    setNetwork(net.founder, net.id);
    await ledger.#open(net.founder.keys.privateKey);
    return { ledger, net };
  }

  get networkId(): string {
    if (!this.#payload) throw new LedgerError('CLOSED', 'the test ledger has no genesis yet');
    return networkIdOf(this.#payload);
  }

  /** A new replica, as one member would run it. Closed with the ledger. */
  client(): EmbeddedLedgerClient {
    const client = new EmbeddedLedgerClient({ networkId: this.networkId, transport: this.#transport(), state: new SqliteState(':memory:'), now: () => this.now() });
    client.start();
    this.#clients.push(client);
    return client;
  }

  now(): number {
    return Date.now() + this.#offset;
  }

  advanceTime(ms: number): void {
    this.#offset += ms;
  }

  execute(tx: SignedTransaction): Promise<{ digest: string; height: number; result: Json }> {
    return this.#host().submit(tx);
  }

  query(contract: string, method: string, args: JsonObject): Promise<Json> {
    this.#view ??= this.client();
    const view = this.#view;
    return view.refresh().then(() => view.evaluate(contract, method, args));
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.#host().close();
  }

  #prepare(payload: GenesisPayload): this {
    payload.ledger = { ...payload.ledger, blockSigningKey: this.#signing.publicKey };
    this.#payload = payload;
    return this;
  }

  async #open(founderKey: string): Promise<void> {
    const payload = this.#payload;
    if (!payload) throw new LedgerError('CLOSED', 'the test ledger has no genesis yet');
    this.#node = await LedgerNode.open({
      state: new SqliteState(':memory:'),
      genesis: { payload, signature: sm2Sign(canonicalJson(payload), founderKey) },
      sign: (message) => Promise.resolve(sm2Sign(message, this.#signing.privateKey)),
      now: () => this.now(),
      onBlock: () => this.#announce.forEach((listener) => listener()),
    });
  }

  #host(): LedgerNode {
    if (!this.#node) throw new LedgerError('CLOSED', 'the test ledger is not open');
    return this.#node;
  }

  #transport(): LedgerTransport {
    const reach = <T>(ask: (node: LedgerNode) => T | Promise<T>): Promise<T> =>
      this.cut ? Promise.reject(new LedgerError('UNAVAILABLE', 'the test has cut the connection')) : Promise.resolve().then(() => ask(this.#host()));
    return {
      submit: (tx) => reach((node) => node.submit(tx)),
      blocks: (from, limit) => reach((node) => node.blocks(from, limit)),
      head: () => reach((node) => node.head()),
      onAnnouncement: (listener) => void this.#announce.add(() => !this.cut && listener()),
      close: () => Promise.resolve(),
    };
  }
}
