import { algorithmRefSchema } from '@collabnet/flow';
import { z } from 'zod';
import { defineQuery } from '../core/method.ts';
import { page, pageArgs } from '../core/page.ts';
import { loadOrThrow } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { AlgorithmRecord } from './record.ts';

/** `algorithms.get` → AlgorithmRecord */
export const get = defineQuery('algorithms.get', algorithmRefSchema, ({ state }, { name, version }) =>
  loadOrThrow<AlgorithmRecord>(state, keys.algorithm(name, version), 'such algorithm', 'version'),
);

/** `algorithms.list` → Page of AlgorithmRecord */
export const list = defineQuery(
  'algorithms.list',
  z.strictObject({
    ...pageArgs,
    state: z.enum(['Registered', 'Refused', 'Approved', 'Retired', 'Revoked']).optional(),
  }),
  ({ state }, args) =>
    page(state, 'algorithm/', args, (value) => {
      const record = value as AlgorithmRecord;
      return args.state === undefined || args.state === record.state ? record : undefined;
    }),
);
