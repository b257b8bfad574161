import { EnvelopeError } from './errors.ts';
import type { VerifiedCaller } from './verify.ts';

/** Actions that are a person's consent: they can be relayed by anyone, but neither delegated nor signed for. */
export const consentActions: readonly string[] = [
  'flows.approve',
  'flows.refuse',
  'grants.create',
  'grants.revoke',
  'membership.vote',
  'membership.voteChange',
  'algorithms.vote',
  'identity.voteRecovery',
];

/**
 * Demands that a person's own registered key signed. Institution keys and delegated keys may relay, propose and
 * report; they may never consent (design §8.3).
 * @throws EnvelopeError CONSENT_NEEDS_PERSON_KEY
 */
export function assertConsent(caller: VerifiedCaller): void {
  const { principal, via } = caller;
  if (principal.type === 'person' && principal.scheme === 'DID' && via === 'key') return;
  throw new EnvelopeError(
    'CONSENT_NEEDS_PERSON_KEY',
    `Consent must be signed with a person's own key; this came from a ${principal.type} by ${via}.`,
  );
}
