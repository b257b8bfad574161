import { type RegisteredDid, didSchema } from '@collabnet/did';
import { z } from 'zod';
import { defineQuery } from '../core/method.ts';
import { page, pageArgs } from '../core/page.ts';
import { loadOrThrow } from '../core/store.ts';
import { keys } from '../state/keys.ts';

/** `identity.resolve` → RegisteredDid, with every key it ever had */
export const resolve = defineQuery('identity.resolve', z.strictObject({ did: didSchema }), ({ state }, { did }) =>
  loadOrThrow<RegisteredDid>(state, keys.did(did), 'such DID', 'did'),
);

/** `identity.list` → Page of RegisteredDid; `controller` narrows to the persons of an institution */
export const list = defineQuery(
  'identity.list',
  z.strictObject({ ...pageArgs, controller: didSchema.optional() }),
  ({ state }, args) =>
    page(state, 'did/', args, (value) => {
      const record = value as RegisteredDid;
      return args.controller === undefined || record.controller === args.controller ? record : undefined;
    }),
);
