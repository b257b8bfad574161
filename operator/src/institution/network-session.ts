import { newPayload, openSealed, sealedAad, sealJson, signTransaction, type JsonObject, type SealedPart, type SignedTransaction, type TransactionPayload } from '@collabnet/envelope';
import { keyAt, type Did, type RegisteredDid } from '@collabnet/did';
import { LedgerError, type Ledger, type SubmitResult } from '@collabnet/ledger';
import type { NatsConnection } from '@nats-io/transport-node';
import { memberToken, networkToken } from '@collabnet/messaging';
import { WaitError } from '../runtime/index.ts';
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
  readonly keys: InstitutionKeys;

  constructor(options: NetworkSessionOptions) {
    this.name = options.name;
    this.did = options.did;
    this.ledger = options.ledger;
    this.networkId = options.ledger.networkId;
    this.keys = options.keys;
    this.data = options.data;
    this.token = networkToken(this.networkId);
    this.member = memberToken(this.did);
  }

  /** Full id of the institution's signing key, `<did>#key-1`. */
  get signKeyId(): string {
    return `${this.did}#${this.keys.signKeyFragment}`;
  }

  /** Full id of the institution's key for encryption and agreement. */
  get agreeKeyId(): string {
    return `${this.did}#${this.keys.agreeKeyFragment}`;
  }

  /**
   * Signs and submits a call as the institution. Never a consent: the contracts refuse institution keys there.
   *
   * @throws LedgerError as the contract refuses; WaitError ClockSkew
   */
  async submit(call: ContractCall): Promise<SubmitResult> {
    try {
      return await this.ledger.submit(await this.sign(call));
    } catch (error) {
      // Signed a moment ago: no time has passed, so the clocks differ by more than a transaction lasts.
      if (!(error instanceof LedgerError) || error.field !== 'expires') throw error;
      throw new WaitError('ClockSkew', `the clock of this operator (${new Date().toISOString()}) and that of the ledger are too far apart; correct the clock of the node. ${error.message}`, CLOCK_SKEW_RETRY_MS, { cause: error });
    }
  }

  /** Submits a transaction that somebody else signed, such as a person's approval. */
  relay(tx: SignedTransaction): Promise<SubmitResult> {
    return this.ledger.submit(tx);
  }

  /** Builds and signs the transaction of a call. */
  async sign(call: ContractCall): Promise<SignedTransaction> {
    const head = this.ledger.head();
    const payload = newPayload({
      network: this.networkId,
      kind: call.kind,
      contract: call.contract,
      method: call.method,
      principal: { type: 'institution', scheme: 'DID', id: this.did },
      keyId: this.signKeyId,
      head: { height: head.height, hash: head.hash },
      audience: [...(call.audience ?? call.sealed?.recipients ?? [])],
      public: call.public,
    });
    const sealed = call.sealed && (await this.#seal(payload, call.sealed));
    return signTransaction(sealed === undefined ? payload : { ...payload, sealed }, (bytes) => this.keys.sign(bytes));
  }

  async #seal(payload: TransactionPayload, sealed: NonNullable<ContractCall['sealed']>): Promise<SealedPart> {
    const dids = [...new Set([this.did, ...sealed.recipients])];
    const recipients = await Promise.all(dids.map((did) => this.agreeKeyOf(did)));
    return sealJson(sealed.content, recipients, sealedAad(payload));
  }

  /** Current encryption key of a member, from the verified ledger. Throws LedgerError NOT_FOUND for an unknown DID. */
  async agreeKeyOf(did: Did): Promise<{ keyId: string; publicKey: string }> {
    const record = await this.resolve(did);
    const height = this.ledger.head().height;
    for (const keyId of record.document.keyAgreement) {
      const publicKey = keyAt(record, keyId, height, 'agree');
      if (publicKey !== undefined) return { keyId, publicKey };
    }
    throw new Error(`${did} has no valid key for encryption; it must rotate in a new one`);
  }

  resolve(did: Did): Promise<RegisteredDid> {
    return this.ledger.evaluate<RegisteredDid>('identity', 'resolve', { did });
  }

  /** Opens a sealed part addressed to this institution. Throws EnvelopeError when it is not. */
  unseal(payload: TransactionPayload | { network: string; contract: string; method: string; nonce: string; sealed: SealedPart }): Promise<JsonObject> {
    if (payload.sealed === undefined) throw new Error('the transaction has no sealed part');
    return openSealed(payload.sealed, this.agreeKeyId, (bytes) => this.keys.decrypt(bytes), sealedAad(payload));
  }
}
