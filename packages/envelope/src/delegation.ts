import { toBytes } from '@collabnet/sm';
import { canonicalJson } from './json.ts';
import { consentActions } from './consent.ts';
import { EnvelopeError } from './errors.ts';
import { malformed } from './parse.ts';
import { unsignedDelegationSchema } from './schema.ts';
import type { Delegation, Signer } from './types.ts';

/**
 * Signs a delegation with the delegator's key.
 * @throws EnvelopeError MALFORMED; DELEGATION_INVALID when it names a consent action or an empty period
 */
export async function signDelegation(delegation: Omit<Delegation, 'signature'>, sign: Signer): Promise<Delegation> {
  const parsed = unsignedDelegationSchema.safeParse(delegation);
  if (!parsed.success) throw malformed('delegation', parsed.error);
  const consent = delegation.actions.find((action) => consentActions.includes(action));
  if (consent !== undefined) {
    throw new EnvelopeError(
      'DELEGATION_INVALID',
      `Delegation ${delegation.id}: ${consent} is a person's consent and cannot be delegated.`,
    );
  }
  if (delegation.expires <= delegation.notBefore) {
    throw new EnvelopeError('DELEGATION_INVALID', `Delegation ${delegation.id}: expires must lie after notBefore.`);
  }
  return { ...delegation, signature: await sign(delegationBytes(delegation)) };
}

/** The octets that are signed: RFC 8785 form without `signature`, in UTF-8. */
export function delegationBytes(delegation: Omit<Delegation, 'signature'> | Delegation): Uint8Array {
  const unsigned = Object.entries(delegation).filter(([name]) => name !== 'signature');
  return toBytes(canonicalJson(Object.fromEntries(unsigned)));
}
