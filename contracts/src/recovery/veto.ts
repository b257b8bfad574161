import { didSchema } from '@collabnet/did';
import { z } from 'zod';
import { assertDigest, assertOwn, consentArgs } from '../core/consent.ts';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { loadOrThrow, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { RecoveryRequest } from './record.ts';

/**
 * Ends a recovery that its institution does not want, while it waits. Each way has a veto that does not depend on what
 * is in doubt: the key in force stops stolen recovery keys, and a person of the institution stops a vote. So neither
 * who stole the key nor one rogue person can keep an institution from coming back.
 */
export const vetoRecovery = defineMethod(
  'identity.vetoRecovery',
  consentArgs('Recovery', ['Refuse']).extend({ body: z.strictObject({ did: didSchema }) }),
  (context, { subject, reason, body: { did } }) => {
    const { state, blockTime } = context;
    const key = keys.recoveryRequest(did, subject.id);
    const request = loadOrThrow<RecoveryRequest>(state, key, 'such request to recover', 'subject.id');
    assertDigest(subject.digest, request.id);
    assertOwn(context, did, 'the recovery');
    if (request.state === 'Vetoed') return request;
    if (request.state !== 'Locked' && request.state !== 'Voting') {
      throw new ContractError('ILLEGAL_TRANSITION', `subject.id: it is ${request.state}`, { field: 'subject.id' });
    }
    if (request.effectiveAt !== undefined && blockTime >= request.effectiveAt) {
      throw new ContractError('EXPIRED', `subject.id: the time for a veto passed at ${request.effectiveAt}`, {
        field: 'subject.id',
      });
    }
    assertMayVeto(context, request);
    const next: RecoveryRequest = { ...request, state: 'Vetoed', decidedAt: blockTime };
    save(state, key, next);
    context.emit('identity.recovery-vetoed', did, { id: request.id, reason });
    return next;
  },
);

function assertMayVeto({ caller }: ContractContext, { via }: RecoveryRequest): void {
  const needed = via === 'Keys' ? 'institution' : 'person';
  if (caller.via === 'key' && caller.principal.type === needed) return;
  throw new ContractError(
    'FORBIDDEN',
    via === 'Keys'
      ? "identity.vetoRecovery: recovery keys are overruled by the institution's own key only"
      : "identity.vetoRecovery: a vote of the members is overruled by a person of the institution only, with the person's own key",
  );
}
