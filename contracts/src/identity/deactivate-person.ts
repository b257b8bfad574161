import { type RegisteredDid, deactivate, didSchema } from '@collabnet/did';
import { z } from 'zod';
import { assertOwn } from '../core/consent.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { loadOrThrow, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';

/** Ends a person's keys for good. It only takes rights away, so the institution may do it as well as its persons. */
export const deactivatePerson = defineMethod(
  'identity.deactivatePerson',
  z.strictObject({ did: didSchema, reason: z.string().max(512) }),
  (context, { did, reason }) => {
    const { state, height } = context;
    const record = loadOrThrow<RegisteredDid>(state, keys.did(did), 'such DID', 'did');
    if (record.principalType !== 'person' || record.controller === undefined) {
      throw new ContractError('INVALID_ARGUMENT', 'did: names no person; an institution leaves by membership.leave', {
        field: 'did',
      });
    }
    assertOwn(context, record.controller, did);
    const next = deactivate(record, height + 1);
    save(state, keys.did(did), next);
    context.emit('identity.deactivated', did, { reason });
    return next;
  },
);
