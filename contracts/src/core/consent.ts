import { z } from 'zod';
import type { ContractContext } from './context.ts';
import { ContractError } from './contract-error.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/, 'give 64 lower-case hex digits');

/** The public part of a consent, as approvalPayload builds it: what is decided, how, why. */
export function consentArgs<K extends string, D extends 'Approve' | 'Refuse'>(
  kind: K,
  decisions: readonly [D, ...D[]],
): z.ZodObject<
  {
    subject: z.ZodObject<{ kind: z.ZodLiteral<K>; id: z.ZodString; digest: z.ZodString }, z.core.$strict>;
    decision: z.ZodEnum<{ [P in D]: P }>;
    reason: z.ZodString;
  },
  z.core.$strict
> {
  return z.strictObject({
    subject: z.strictObject({ kind: z.literal(kind), id: z.string().min(1).max(256), digest: hex64 }),
    decision: z.enum(decisions),
    reason: z.string().max(4096),
  });
}

/**
 * Demands that the person signed over what the ledger holds, not over an older or another version of it.
 *
 * @throws ContractError CONFLICT
 */
export function assertDigest(signed: string, held: string): void {
  if (signed === held) return;
  const field = 'subject.digest';
  throw new ContractError('CONFLICT', `${field}: the ledger holds ${held}; look at it again and sign anew`, { field });
}

/**
 * Demands that the caller acts for `owner`: is that institution, its person or its workload.
 *
 * @throws ContractError FORBIDDEN
 */
export function assertOwn(context: ContractContext, owner: string, what: string): void {
  if (context.caller.institution === owner) return;
  throw new ContractError(
    'FORBIDDEN',
    `${what} belongs to ${owner}; ${context.caller.institution} cannot decide about it`,
  );
}
