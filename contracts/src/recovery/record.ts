import { didSchema, publicKeyHexSchema } from '@collabnet/did';
import { z } from 'zod';
import type { Votes } from '../algorithms/record.ts';

/** How many of which keys together may replace an institution's keys. */
export const recoverySetSchema = z.strictObject({
  threshold: z.int().min(1).max(16),
  keys: z.array(publicKeyHexSchema).min(1).max(16),
});

/** What recovery keys sign and members vote on. */
export const recoveryStatementSchema = z.strictObject({
  schema: z.literal('collabnet.dev/recovery-statement/v1'),
  network: z.string().regex(/^[0-9a-f]{64}$/),
  /** The institution whose keys are replaced. */
  did: didSchema,
  newSignKey: publicKeyHexSchema,
  newAgreeKey: publicKeyHexSchema,
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  /** ms; the ledger takes signatures and votes until then. */
  expires: z.int().min(0),
});

/** Signature of one recovery key, which is named by its public half. */
export const recoverySignatureSchema = z.strictObject({ key: publicKeyHexSchema, signature: z.string().max(128) });

export type RecoverySet = z.infer<typeof recoverySetSchema>;
export type RecoveryStatement = z.infer<typeof recoveryStatementSchema>;
export type RecoverySignature = z.infer<typeof recoverySignatureSchema>;

/** `recovery-set/<did>` */
export interface RecoverySetRecord extends RecoverySet {
  schema: 'collabnet.dev/recovery-set/v1';
  rules: string;
  did: string;
  /** Counts changes from 1. */
  version: number;
  height: number;
}

/** `Voting`: too few votes yet. `Locked`: waits for a veto until `effectiveAt`. The others are ends. */
export type RecoveryState = 'Voting' | 'Locked' | 'Vetoed' | 'Refused' | 'Superseded' | 'Completed';

/** `recovery-request/<did>/<id>`; the id is the digest of the statement. */
export interface RecoveryRequest {
  schema: 'collabnet.dev/recovery-request/v1';
  rules: string;
  id: string;
  did: string;
  statement: RecoveryStatement;
  /** Who asked: enough of the institution's recovery keys, or the other members by vote. */
  via: 'Keys' | 'Vote';
  state: RecoveryState;
  votes: Votes;
  requestedAt: number;
  /** ms; from then on the new key may complete it. */
  effectiveAt?: number;
  decidedAt?: number;
}
