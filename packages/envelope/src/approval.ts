import { z } from 'zod';
import { didSchema } from '@collabnet/did';
import { EnvelopeError } from './errors.ts';
import { isJsonObject } from './json.ts';
import { malformed } from './parse.ts';
import { newPayload } from './transaction.ts';
import type { Did } from '@collabnet/did';
import type { JsonObject } from './json.ts';
import type { TransactionPayload } from './types.ts';

/** What a person decides about. */
export const approvalKinds = [
  'Flow',
  'Grant',
  'GrantRevocation',
  'Membership',
  'MembershipChange',
  'Algorithm',
  'Person',
  'KeyRotation',
  'Recovery',
  'RecoveryVote',
] as const;
export type ApprovalKind = (typeof approvalKinds)[number];

/** A person's decision, complete enough to rebuild the signed transaction from it. */
export interface ApprovalStatement {
  network: string;
  subject: { kind: ApprovalKind; id: string; /** SM3 of the subject's canonical form, hex. */ digest: string };
  decision: 'Approve' | 'Refuse';
  reason: string;
  signer: { did: Did; keyId: string };
  /** 32 hex digits. */
  nonce: string;
  /** Epoch ms. */
  expires: number;
  audience?: Did[];
  /** Content that goes onto the ledger with the decision, e.g. the grant. */
  body?: JsonObject;
}

const methods: Record<ApprovalKind, Record<ApprovalStatement['decision'], readonly [string, string] | undefined>> = {
  Flow: { Approve: ['flows', 'approve'], Refuse: ['flows', 'refuse'] },
  Grant: { Approve: ['grants', 'create'], Refuse: undefined },
  GrantRevocation: { Approve: ['grants', 'revoke'], Refuse: undefined },
  Membership: { Approve: ['membership', 'vote'], Refuse: ['membership', 'vote'] },
  MembershipChange: { Approve: ['membership', 'voteChange'], Refuse: ['membership', 'voteChange'] },
  Algorithm: { Approve: ['algorithms', 'vote'], Refuse: ['algorithms', 'vote'] },
  Person: { Approve: ['identity', 'registerPerson'], Refuse: undefined },
  KeyRotation: { Approve: ['identity', 'rotateKey'], Refuse: undefined },
  Recovery: { Approve: ['identity', 'recover'], Refuse: ['identity', 'vetoRecovery'] },
  RecoveryVote: { Approve: ['identity', 'voteRecovery'], Refuse: ['identity', 'voteRecovery'] },
};

/** What an Approval can ask of the ledger, as `contract.method`. */
export const approvalActions: readonly string[] = Object.values(methods).flatMap((each) =>
  Object.values(each).flatMap((target) => (target ? [target.join('.')] : [])),
);

/** Strict shape of {@link ApprovalStatement}. */
export const approvalStatementSchema: z.ZodType<ApprovalStatement> = z.strictObject({
  network: z.string().regex(/^[0-9a-f]{32,64}$/),
  subject: z.strictObject({
    kind: z.enum(approvalKinds),
    id: z.string().min(1).max(256),
    digest: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  decision: z.enum(['Approve', 'Refuse']),
  reason: z.string().max(4096),
  signer: z.strictObject({ did: didSchema, keyId: z.string().max(320) }),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  expires: z.number().int().nonnegative(),
  audience: z.array(didSchema).max(64).optional(),
  body: z.custom<JsonObject>(isJsonObject, 'want a JSON object').optional(),
});

/**
 * The transaction a person signs, built from the statement alone: console, command line and operator get the same
 * octets, so an `Approval` object with a detached signature can be submitted by anyone.
 * @throws EnvelopeError MALFORMED, also for a refusal that has no ledger method (a grant not given is no transaction)
 */
export function approvalPayload(statement: ApprovalStatement): TransactionPayload {
  const parsed = approvalStatementSchema.safeParse(statement);
  if (!parsed.success) throw malformed('approval', parsed.error);
  const { network, subject, decision, reason, signer, nonce, expires, audience, body } = statement;
  const target = methods[subject.kind][decision];
  if (!target) {
    throw new EnvelopeError(
      'MALFORMED',
      `Approval: decision ${decision} on ${subject.kind} has no transaction; simply do not sign.`,
    );
  }
  const [contract, method] = target;
  return newPayload({
    network,
    kind: 'Approval',
    contract,
    method,
    nonce,
    expires,
    principal: { type: 'person', scheme: 'DID', id: signer.did },
    keyId: signer.keyId,
    audience: [...(audience ?? [])],
    public: { subject: { ...subject }, decision, reason, ...(body ? { body } : {}) },
  });
}
