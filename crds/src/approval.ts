import { z } from 'zod';
import { statusBase } from './conditions.ts';
import { did, digest, integer, keyId, networkRef, nonce, text, time } from './fields.ts';
import type { CustomResource } from './object.ts';
import { withRules } from './rule.ts';

/** No field has a default: what is stored is what the person signed. */
export const APPROVAL_SUBJECTS = ['Flow', 'Grant', 'GrantRevocation', 'Membership', 'MembershipChange', 'Algorithm', 'Person', 'KeyRotation', 'Recovery', 'RecoveryVote'] as const;

export const approvalSpecSchema = withRules(
  z
    .object({
      networkRef,
      subject: z
        .object({
          kind: z.enum(APPROVAL_SUBJECTS).describe('What is decided: a Flow, a Grant, a GrantRevocation, a Membership, a MembershipChange (a member is suspended, comes back, or is expelled), an Algorithm, the registration of a Person, a KeyRotation of the signer\'s own key, or the Recovery of the keys of an institution (RecoveryVote: by the other members).'),
          id: text('Id of the subject on the ledger.', 256),
          digest: digest('Digest of the subject as the person saw it.'),
        })
        .describe('What the person decided about.'),
      decision: z.enum(['Approve', 'Refuse']).describe('The decision.'),
      reason: text('Why, in the words of the person.', 1024, 0),
      signer: did('DID of the person.'),
      keyID: keyId("Id of the person's key: <DID>#key-1."),
      nonce: nonce('Random value that makes the signed payload unique.'),
      expires: time('The ledger accepts the decision until this time.'),
      signature: text('Detached SM2 signature of the person over the approval payload.', 512),
      audience: z.array(did('DID of an institution.')).max(64).optional().describe('Institutions the decision is addressed to; part of what was signed.'),
      body: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('Further content that was signed, e.g. the grant, the vote or the person.')
        .meta({ 'x-kubernetes-preserve-unknown-fields': true }),
    })
    .describe("A person's signed decision. Wholly immutable. Made by 'kubectl collabnet approve' or refuse."),
  [{ rule: 'self == oldSelf', message: 'spec of an Approval is immutable: delete it and make another with kubectl collabnet approve', reason: 'FieldValueForbidden' }],
);

export const approvalStatusSchema = z
  .object({
    ...statusBase,
    transaction: z.string().optional().describe('Digest of the transaction that carried the decision to the ledger.'),
    height: integer('Block height of that transaction.').optional(),
  })
  .describe('What became of the decision. Ready: it is on the ledger. Stalled: the ledger refused it, see the message.');

export type ApprovalSpec = z.output<typeof approvalSpecSchema>;
export type ApprovalSpecInput = z.input<typeof approvalSpecSchema>;
export type ApprovalStatus = z.output<typeof approvalStatusSchema>;
export type Approval = CustomResource<'Approval', ApprovalSpec, ApprovalStatus>;
