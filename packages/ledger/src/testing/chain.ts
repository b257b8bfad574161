import { type Driver } from '@collabnet/contracts/testing';
import { CONTRACTS_VERSION, DEFAULT_RIGHTS, DEFAULT_RULES, type GenesisPayload } from '@collabnet/contracts';
import { canonicalJson, newPayload, signTransaction, type SignedTransaction } from '@collabnet/envelope';
import { formatDid } from '@collabnet/did';
import { generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import type { Block, SignedGenesis } from '../block.ts';
import { EmbeddedLedgerClient } from '../embedded-client.ts';
import { LedgerNode } from '../node.ts';
import { Replica } from '../replica.ts';
import { SqliteState } from '../sqlite-state.ts';
import type { LedgerTransport, SignedHead } from '../transport.ts';

/** A founded chain with its host, and everything a test needs to sign on it. */
export class TestChain {
  readonly founder = generateSm2KeyPair();
  readonly signing = generateSm2KeyPair();
  readonly genesis: SignedGenesis;
  readonly path: string;
  readonly #listeners = new Set<() => void>();
  readonly #headListeners = new Set<(head: SignedHead) => void>();
  node!: LedgerNode;
  /** What the transport does to blocks on their way; identity unless a test bends it. */
  bend: (block: Block) => Block = (block) => block;
  online = true;
  /** Told of each block before the clients are. */
  onBlock: () => void = () => undefined;

  private constructor(path: string) {
    this.path = path;
    const payload: GenesisPayload = {
      schema: 'collabnet.dev/genesis/v1',
      displayName: 'test',
      createdAt: Date.now() - 1000,
      founder: {
        subjectCode: 'founder',
        displayName: 'Founder',
        signKey: this.founder.publicKey,
        agreeKey: generateSm2KeyPair().publicKey,
        roles: ['Operator'],
        persons: [],
      },
      ledger: { driver: 'embedded', blockSigningKey: this.signing.publicKey },
      rights: DEFAULT_RIGHTS,
      contractsVersion: CONTRACTS_VERSION,
      rules: DEFAULT_RULES,
      salt: 'ab'.repeat(16),
    };
    this.genesis = { payload, signature: sm2Sign(canonicalJson(payload), this.founder.privateKey) };
  }

  /** @param path SQLite file of the host; in memory when absent. */
  static async found(path = ':memory:'): Promise<TestChain> {
    const chain = new TestChain(path);
    await chain.open();
    return chain;
  }

  /** Opens the host, also again after a close. */
  async open(): Promise<void> {
    this.node = await LedgerNode.open({
      state: new SqliteState(this.path),
      genesis: this.genesis,
      sign: (message) => Promise.resolve(sm2Sign(message, this.signing.privateKey)),
      onBlock: () => {
        this.onBlock();
        this.#listeners.forEach((listener) => listener());
      },
    });
  }

  get did(): string {
    return formatDid(this.node.networkId, 'founder');
  }

  /** The next head that a client publishes. */
  nextHead(): Promise<SignedHead> {
    return new Promise((resolve) => this.#headListeners.add(resolve));
  }

  /** An invitation by the founder: the simplest transaction that changes state. `padding` octets make it larger. */
  invite(id: string, head?: { height: number; hash: string }, padding = 0): Promise<SignedTransaction> {
    const payload = newPayload({
      network: this.node.networkId,
      kind: 'Invitation',
      contract: 'membership',
      method: 'invite',
      principal: { type: 'institution', scheme: 'DID', id: this.did },
      keyId: `${this.did}#key-1`,
      public: { invitationId: id, invitationKey: generateSm2KeyPair().publicKey, displayName: id, expires: Date.now() + 3_600_000 },
      ...(head === undefined ? {} : { head }),
      ...(padding === 0 ? {} : { sealed: paddingOf(padding) }),
    });
    return signTransaction(payload, (bytes) => sm2Sign(bytes, this.founder.privateKey));
  }

  /** A transport straight to the host; JSON both ways, as over the wire. */
  transport(): LedgerTransport {
    const through = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
    const reach = (): LedgerNode => {
      if (!this.online) throw new Error('offline');
      return this.node;
    };
    return {
      submit: async (tx) => through(await reach().submit(through(tx))),
      blocks: (from, limit) => Promise.resolve().then(() => reach().blocks(from, limit).map((block) => this.bend(through(block)))),
      head: () => Promise.resolve().then(() => through({ ...reach().head(), now: Date.now() })),
      onAnnouncement: (listener) => void this.#listeners.add(listener),
      publishHead: (head) => this.#headListeners.forEach((listener) => listener(head)),
      onHead: (listener) => void this.#headListeners.add(listener),
      close: () => Promise.resolve(),
    };
  }

  /** Tells every client of a head, as a member would over the hub. */
  announceHead(head: SignedHead): void {
    this.#headListeners.forEach((listener) => listener(head));
  }

  client(options: Partial<ConstructorParameters<typeof EmbeddedLedgerClient>[0]> = {}): EmbeddedLedgerClient {
    return new EmbeddedLedgerClient({ networkId: this.node.networkId, transport: this.transport(), state: new SqliteState(':memory:'), ...options });
  }
}

function paddingOf(length: number): NonNullable<SignedTransaction['payload']['sealed']> {
  const recipients = [{ keyId: 'nobody#agree-1', encryptedKey: 'AA' }];
  return { algorithm: 'SM4-CTR-HMAC-SM3', nonce: 'A'.repeat(22), ciphertext: 'A'.repeat(length), tag: 'A'.repeat(43), recipients };
}

/** The contract suites' driver over the embedded ledger's host. */
export async function embeddedDriver(payload: GenesisPayload): Promise<Driver> {
  let now = payload.createdAt;
  const signing = generateSm2KeyPair();
  const state = new SqliteState(':memory:');
  const node = await LedgerNode.open({ state, genesis: { payload, signature: '' }, sign: (message) => Promise.resolve(sm2Sign(message, signing.privateKey)), now: () => now });
  const view = new Replica(node.networkId, state);
  return {
    networkId: node.networkId,
    now: () => now,
    advanceTime: (ms) => void (now += ms),
    execute: (tx) => node.submit(tx),
    query: (contract, method, args) => Promise.resolve().then(() => view.evaluate(contract, method, args, now)),
    close: () => node.close(),
  };
}
