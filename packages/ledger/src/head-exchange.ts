import { canonicalJson } from '@collabnet/envelope';
import { keyAt, type RegisteredDid } from '@collabnet/did';
import { keys } from '@collabnet/contracts';
import { sm2Verify } from '@collabnet/sm';
import { blockHash, blockSignatureHolds } from './block.ts';
import type { Replica } from './replica.ts';
import type { SqliteState } from './sqlite-state.ts';
import type { LedgerTransport, SignedHead } from './transport.ts';

/** Who signs this member's statements of its head. */
export interface HeadSigner {
  did: string;
  /** The key in force, asked each time, since it is rotated; undefined while nobody signs. */
  key: () => Promise<{ keyId: string; sign: (message: string) => Promise<string> } | undefined>;
}

export interface HeadExchangeOptions {
  readonly networkId: string;
  readonly state: SqliteState;
  readonly replica: Replica;
  readonly transport: LedgerTransport;
  readonly signer: HeadSigner | undefined;
}

/** Members tell each other which head they have verified: a host that shows them different histories is found out by it. */
export class HeadExchange {
  readonly #options: HeadExchangeOptions;

  constructor(options: HeadExchangeOptions) {
    this.#options = options;
  }

  /** Hash of the block at a height as this member knows it; undefined beyond its head. */
  hashAt(height: number): string | undefined {
    const head = this.#options.replica.head();
    if (head?.height === height) return head.hash;
    return this.#options.state.block(height + 1)?.header.previous;
  }

  /** Tells the others of the own head, signed. @param now epoch ms */
  async publish(now: number): Promise<void> {
    const { signer, transport, state } = this.#options;
    const block = state.head();
    if (signer === undefined || block === undefined || transport.publishHead === undefined) return;
    const key = await signer.key();
    if (key === undefined) return;
    const { header, signature: blockSignature } = block;
    const body = { did: signer.did, keyId: key.keyId, height: header.height, hash: blockHash(header), time: now };
    transport.publishHead({ ...body, header, blockSignature, signature: await key.sign(headText(body)) });
  }

  /** Whether a member's statement proves that the host has signed another block for a height that is known here. */
  provesFork(head: SignedHead): boolean {
    const { replica } = this.#options;
    const ours = this.hashAt(head.height);
    if (ours === undefined || ours === head.hash) return false;
    const record = replica.state.get(keys.did(head.did)) as RegisteredDid | undefined;
    // Who states a head signs with the key for the block after it.
    const key = record && keyAt(record, head.keyId, head.height + 1, 'sign');
    if (key === undefined || !sm2Verify(headText(head), head.signature, key)) return false;
    // A member could invent a head and so stop all others; only the host's own signature makes it evidence of a fork.
    return this.#signedByHost(head);
  }

  #signedByHost({ height, hash, header, blockSignature }: SignedHead): boolean {
    const { state, networkId } = this.#options;
    const signingKey = state.block(0)?.genesis?.payload.ledger.blockSigningKey;
    if (signingKey === undefined || header.network !== networkId || header.height !== height || blockHash(header) !== hash) return false;
    return blockSignatureHolds({ header, transactions: [], signature: blockSignature }, signingKey);
  }
}

function headText(head: Pick<SignedHead, 'did' | 'keyId' | 'height' | 'hash' | 'time'>): string {
  const { did, keyId, height, hash, time } = head;
  return canonicalJson({ did, keyId, height, hash, time });
}
