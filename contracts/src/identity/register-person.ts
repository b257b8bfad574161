import { digestOf } from '@collabnet/envelope';
import { formatDid } from '@collabnet/did';
import { assertDigest, consentArgs } from '../core/consent.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { personSchema } from '../governance/genesis-payload.ts';
import { registerPerson as register } from '../membership/admit.ts';

/**
 * A person of an institution consents to another one: subject id is the DID of the new person, the digest is that of
 * the body.
 */
export const registerPerson = defineMethod(
  'identity.registerPerson',
  consentArgs('Person', ['Approve']).extend({ body: personSchema }),
  (context, { subject, body }) => {
    const { state, caller, networkId, height } = context;
    if (caller.via !== 'key' || caller.principal.type !== 'person') {
      throw new ContractError(
        'CONSENT_REQUIRED',
        "identity.registerPerson is consent: sign it with a registered person's own key",
      );
    }
    assertDigest(subject.digest, digestOf(body));
    if (subject.id !== formatDid(networkId, body.subjectCode)) {
      throw new ContractError('INVALID_ARGUMENT', 'subject.id: must be the DID of body.subjectCode', {
        field: 'subject.id',
      });
    }
    const did = register(state, networkId, height, caller.institution, body);
    context.emit('identity.registered', did, { controller: caller.institution });
    return { did };
  },
);
