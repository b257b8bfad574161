import { didSchema } from '@collabnet/did';
import { digestOf } from '@collabnet/envelope';
import { z } from 'zod';
import type { Votes } from '../algorithms/record.ts';

/** What members may decide about another. */
export const MEMBERSHIP_CHANGES = ['Suspend', 'Reinstate', 'Expel'] as const;
export type MembershipChange = (typeof MEMBERSHIP_CHANGES)[number];

/** How long after the first vote the members may still vote, at most, ms. */
export const LONGEST_VOTE_MS = 30 * 86_400_000;

/** What members vote on. */
export const changeStatementSchema = z.strictObject({
  schema: z.literal('collabnet.dev/membership-change-statement/v1'),
  network: z.string().regex(/^[0-9a-f]{64}$/),
  /** The member it is about. */
  did: didSchema,
  change: z.enum(MEMBERSHIP_CHANGES),
  /** So that the same can be asked again after it was refused. */
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  /** ms; the ledger takes votes until then. */
  expires: z.int().min(0),
});
export type ChangeStatement = z.infer<typeof changeStatementSchema>;

/** `membership-change/<did>/<id>`; the id is the digest of the statement. */
export interface ChangeRecord {
  schema: 'collabnet.dev/membership-change/v1';
  rules: string;
  id: string;
  statement: ChangeStatement;
  state: 'Voting' | 'Carried' | 'Refused';
  votes: Votes;
  proposedAt: number;
  decidedAt?: number;
}

/** Id of a change: the subject of the votes. */
export function changeId(statement: ChangeStatement): string {
  return digestOf(statement);
}
