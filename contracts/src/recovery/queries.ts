import { didSchema } from '@collabnet/did';
import { z } from 'zod';
import { defineQuery } from '../core/method.ts';
import { page, pageArgs } from '../core/page.ts';
import { loadOrThrow } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { RecoveryRequest, RecoverySetRecord } from './record.ts';

/** `identity.recoverySet` → RecoverySetRecord */
export const recoverySet = defineQuery('identity.recoverySet', z.strictObject({ did: didSchema }), ({ state }, { did }) =>
  loadOrThrow<RecoverySetRecord>(state, keys.recoverySet(did), 'recovery set of this DID', 'did'),
);

/** `identity.recoveryRequests` → Page of RecoveryRequest; `did` narrows to one institution, `open` to those that wait */
export const recoveryRequests = defineQuery(
  'identity.recoveryRequests',
  z.strictObject({ ...pageArgs, did: didSchema.optional(), open: z.boolean().optional() }),
  ({ state }, args) =>
    page(state, args.did === undefined ? 'recovery-request/' : keys.recoveryRequest(args.did, ''), args, (value) => {
      const request = value as RecoveryRequest;
      const waits = request.state === 'Locked' || request.state === 'Voting';
      return args.open === undefined || args.open === waits ? request : undefined;
    }),
);
