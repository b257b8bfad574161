import { newPayload, openSealed, sealedAad, sealJson, signTransaction, type JsonObject, type SealedPart, type SignedTransaction, type TransactionPayload } from '@collabnet/envelope';
import { keyAt, nextSignKeyId, type Did, type RegisteredDid } from '@collabnet/did';
import { LedgerError, type Ledger, type SubmitResult } from '@collabnet/ledger';
import type { NatsConnection } from '@nats-io/transport-node';
import { memberToken, networkToken } from '@collabnet/messaging';
import { StalledError, WaitError } from '../runtime/index.ts';
import type { InstitutionKeys } from './institution-keys.ts';

/** A node's clock is put right by a person or its time service, ms. */
const CLOCK_SKEW_RETRY_MS = 15_000;

/** A call of a contract method, before it is sealed and signed. */
export interface ContractCall {
  /** Object kind of the transaction, such as `Flow`. */
  kind: string;
  contract: string;
  method: string;
  public: JsonObject;
  /** Content only the named DIDs may read. The institution itself need not be listed. */
  sealed?: { content: JsonObject; recipients: readonly Did[] };
  audience?: readonly Did[];
}

export interface NetworkSessionOptions {
  /** Name of the CollabNetwork in this namespace. */
  name: string;
  did: Did;
  keys: InstitutionKeys;
  ledger: Ledger;
  /** Connection to the institution's NATS server in the network's data account; requests to couriers go over it. */
  data?: NatsConnection;
  /** For a network on Fabric. */
  fabric?: FabricReading;
}

/** The way to the own peer for the services of the institution, which read the ledger by themselves. */
export interface FabricReading {
  readonly mspId: string;
  readonly channel: string;
  readonly chaincode: string;
  /** `host:port` */
  readonly peers: readonly string[];
  /** PEM of an identity for them, and of the authority of the peers' TLS certificates. */
  readonly files: Readonly<Record<'crt' | 'key' | 'ca', string>>;
}

/** A signing key of the institution under the id that the network's ledger gives it. */
export interface SigningKey {
  /** Full id, `<did>#key-1`. */
  keyId: string;
  publicKey: string;
  readonly sign: (message: Uint8Array | string) => Promise<string>;
}

/** One institution's place in one network: its verified view of the ledger and the right to speak in its own name. */
export class NetworkSession {
  readonly name: string;
  readonly did: Did;
  readonly networkId: string;
  /** Subject tokens of this network and of this institution. */
  readonly token: string;
  readonly member: string;
  readonly ledger: Ledger;
  readonly data: NatsConnection | undefined;
  #keys: InstitutionKeys;
  #fabric: FabricReading | undefined;

  constructor(options: NetworkSessionOptions) {
    this.name = options.name;
    this.did = options.did;
    this.ledger = options.ledger;
    this.networkId = options.ledger.networkId;
    this.#keys = options.keys;
    this.data = options.data;
    this.#fabric = options.fabric;
    this.token = networkToken(this.networkId);
    this.member = memberToken(this.did);
  }

  /** For a network on Fabric: the way to the own peer for the institution's services. */
  get fabric(): FabricReading | undefined {
    return this.#fabric;
  }

  /** Takes over a renewed certificate. @returns whether it is another than before */
  useFabric(reading: FabricReading): boolean {
    const same = JSON.stringify(this.#fabric) === JSON.stringify(reading);
    this.#fabric = reading;
    return !same;
  }

  /** Takes over the keys as the Secret has them now. @returns whether they are others than before */
  useKeys(keys: InstitutionKeys): boolean {
    const same = this.#keys.signPublicKey === keys.signPublicKey && this.#keys.pending?.signPublicKey === keys.pending?.signPublicKey;
    this.#keys = keys;
    return !same;
  }

  /**
   * The held key that signs the next block's transactions: the ledger says which one holds, so that no moment of a
   * rotation has to be told to this process.
   *
   * @throws StalledError KeyNotRegistered when none of them does
   */
  async signingKey(options?: { maxStalenessMs: number }): Promise<SigningKey> {
    const record = await this.resolve(this.did, options);
    const height = this.ledger.head().height + 1;
    for (const held of [this.#keys, this.#keys.pending]) {
      const keyId = held && keyIdIn(record, held.signPublicKey, height);
      if (held !== undefined && keyId !== undefined) return { keyId, publicKey: held.signPublicKey, sign: (message) => held.sign(message) };
    }
    throw new StalledError(
      'KeyNotRegistered',
      `the ledger of network ${this.name} holds another signing key of ${this.did} than the key Secret; restore the Secret from its backup, or replace the keys: kubectl collabnet recovery --help`,
    );
  }

  /** The key that a rotation is about to bring in, under the id that it will have; services learn it before it signs. */
  async nextSigningKey(): Promise<SigningKey | undefined> {
    const pending = this.#keys.pending;
    if (pending === undefined) return undefined;
    const keyId = nextSignKeyId(await this.resolve(this.did));
    return { keyId, publicKey: pending.signPublicKey, sign: (message) => pending.sign(message) };
  }

  /**
   * Signs and submits a call as the institution. Never a consent: the contracts refuse institution keys there. A call
   * that a rotation of the own key overtakes is signed again.
   *
   * @throws LedgerError as the contract refuses; WaitError ClockSkew; StalledError KeyNotRegistered
   */
  async submit(call: ContractCall): Promise<SubmitResult> {
    const key = await this.signingKey();
    try {
      return await this.ledger.submit(await this.sign(call, key));
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      if (error.code === 'INVALID_SIGNATURE') {
        const now = await this.signingKey({ maxStalenessMs: 0 });
        if (now.keyId !== key.keyId) return this.ledger.submit(await this.sign(call, now));
      }
      // Signed a moment ago: no time has passed, so the clocks differ by more than a transaction lasts.
      if (error.field !== 'expires') throw error;
      throw new WaitError('ClockSkew', `the clock of this operator (${new Date().toISOString()}) and that of the ledger are too far apart; correct the clock of the node. ${error.message}`, CLOCK_SKEW_RETRY_MS, { cause: error });
    }
  }

  /** Submits a transaction that somebody else signed, such as a person's approval. */
  relay(tx: SignedTransaction): Promise<SubmitResult> {
    return this.ledger.submit(tx);
  }

  /** Builds and signs the transaction of a call. */
  async sign(call: ContractCall, key?: SigningKey): Promise<SignedTransaction> {
    const { keyId, sign } = key ?? (await this.signingKey());
    const head = this.ledger.head();
    const payload = newPayload({
      network: this.networkId,
      kind: call.kind,
      contract: call.contract,
      method: call.method,
      principal: { type: 'institution', scheme: 'DID', id: this.did },
      keyId,
      head: { height: head.height, hash: head.hash },
      audience: [...(call.audience ?? call.sealed?.recipients ?? [])],
      public: call.public,
    });
    const sealed = call.sealed && (await this.#seal(payload, call.sealed));
    return signTransaction(sealed === undefined ? payload : { ...payload, sealed }, sign);
  }

  async #seal(payload: TransactionPayload, sealed: NonNullable<ContractCall['sealed']>): Promise<SealedPart> {
    const dids = [...new Set([this.did, ...sealed.recipients])];
    const recipients = await Promise.all(dids.map((did) => this.agreeKeyOf(did)));
    return sealJson(sealed.content, recipients, sealedAad(payload));
  }

  /**
   * Encryption key of a member that holds in the next block, for which it is used: keys of a rotation hold from the
   * block after it, which comes only with somebody's next transaction. Throws LedgerError NOT_FOUND for an unknown DID.
   */
  async agreeKeyOf(did: Did): Promise<{ keyId: string; publicKey: string }> {
    const record = await this.resolve(did);
    const height = this.ledger.head().height + 1;
    for (const keyId of record.document.keyAgreement) {
      const publicKey = keyAt(record, keyId, height, 'agree');
      if (publicKey !== undefined) return { keyId, publicKey };
    }
    throw new Error(`${did} has no valid key for encryption; it must rotate in a new one`);
  }

  resolve(did: Did, options?: { maxStalenessMs: number }): Promise<RegisteredDid> {
    return this.ledger.evaluate<RegisteredDid>('identity', 'resolve', { did }, options);
  }

  /** Opens a sealed part addressed to this institution, also one for a key of before a rotation. Throws EnvelopeError when it is not. */
  async unseal(payload: TransactionPayload | { network: string; contract: string; method: string; nonce: string; sealed: SealedPart }): Promise<JsonObject> {
    if (payload.sealed === undefined) throw new Error('the transaction has no sealed part');
    const { keys } = await this.resolve(this.did);
    const held = payload.sealed.recipients.find(({ keyId }) => this.#keys.opens(keys[keyId]?.publicKey ?? ''));
    const keyId = held?.keyId ?? `${this.did}#agree-1`;
    return openSealed(payload.sealed, keyId, (bytes) => this.#keys.decrypt(bytes, keys[keyId]?.publicKey), sealedAad(payload));
  }
}

/** Id under which a public key holds at a height. */
function keyIdIn(record: RegisteredDid, publicKey: string, height: number): string | undefined {
  return Object.keys(record.keys).find((keyId) => keyAt(record, keyId, height, 'sign') === publicKey);
}
