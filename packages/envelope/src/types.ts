import type { Did } from '@collabnet/did';
import type { JsonObject } from './json.ts';

/** Who acts. */
export interface Principal {
  type: 'institution' | 'person' | 'workload';
  scheme: 'DID' | 'X.509';
  /** DID, or the subject of the certificate. */
  id: string;
}

/** Hands named actions to another key, for a time. */
export interface Delegation {
  schema: 'collabnet.dev/delegation/v1';
  network: string;
  id: string;
  /** A registered DID with its key; in a second link the delegate of the first, `<delegate id>#<fragment>`. */
  delegator: { id: Did; keyId: string };
  delegate: {
    type: 'workload' | 'institution';
    id: string;
    /** Uncompressed hex. */
    publicKey: string;
  };
  /** `contract.method` each. */
  actions: string[];
  /** Only for transactions that name this task in `public.task`. */
  task?: string;
  /** Only for transactions that name this attempt in `public.attempt`. */
  attempt?: string;
  /** Epoch ms, inclusive. */
  notBefore: number;
  /** Epoch ms, exclusive. */
  expires: number;
  /** base64url of r || s over the canonical form without this member. */
  signature: string;
}

/** The encrypted part; base64url throughout. */
export interface SealedPart {
  algorithm: 'SM4-CTR-HMAC-SM3';
  nonce: string;
  ciphertext: string;
  tag: string;
  recipients: { keyId: string; encryptedKey: string }[];
}

/** What is signed. */
export interface TransactionPayload {
  schema: 'collabnet.dev/transaction/v1';
  /** Genesis hash, lower-case hex. */
  network: string;
  kind: string;
  contract: string;
  method: string;
  /** 32 lower-case hex digits. */
  nonce: string;
  /** Epoch ms, exclusive. */
  expires: number;
  /** Last block the signer had seen. */
  head?: { height: number; hash: string };
  principal: Principal;
  /** `<principal.id>#<fragment>`. */
  keyId: string;
  /** From the registered delegator to the principal; empty when the principal's own key signs. */
  delegations: Delegation[];
  audience: Did[];
  /** Ids and commitments only. */
  public: JsonObject;
  sealed?: SealedPart;
}

/** A payload and the signature over its canonical form. */
export interface SignedTransaction {
  payload: TransactionPayload;
  /** base64url of r || s. */
  signature: string;
}

/** Signs octets and answers base64url of r || s; a key store bound to a key id. */
export type Signer = (message: Uint8Array) => Promise<string> | string;

export const transactionSchemaId = 'collabnet.dev/transaction/v1';
export const delegationSchemaId = 'collabnet.dev/delegation/v1';
