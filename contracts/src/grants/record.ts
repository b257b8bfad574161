import type { GrantContent } from './content.ts';

/** `grant/<id>` */
export interface GrantRecord {
  schema: 'collabnet.dev/grant/v1';
  rules: string;
  content: GrantContent;
  /** SM3 digest of the canonical content: what the person signed over. */
  digest: string;
  owner: string;
  /** Person whose key consented. */
  person: string;
  state: 'Active' | 'Revoked';
  createdAt: number;
  createdHeight: number;
  /** Digest of the transaction that carries the consent. */
  transaction: string;
  revokedAt?: number;
  revokedBy?: string;
  revocationReason?: string;
}

/** `grant-usage/<id>`: apart from the grant, so that using one never conflicts with reading another. */
export interface GrantUsage {
  used: number;
}

/**
 * `grant-use/<id>/<flowId>`: Bound when an approval names the grant, Reserved when the flow opens, Spent from the first
 * exchanged byte, Returned when the flow ends before it, Released when the flow ends before it opened.
 */
export interface GrantUse {
  flow: string;
  state: 'Bound' | 'Reserved' | 'Spent' | 'Returned' | 'Released';
}

/** A grant as the queries show it, its state judged at the block's time. */
export interface GrantView extends Omit<GrantRecord, 'state'> {
  state: 'Active' | 'NotYetValid' | 'Exhausted' | 'Expired' | 'Revoked';
  used: number;
}
