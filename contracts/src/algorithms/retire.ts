import { algorithmRefSchema } from '@collabnet/flow';
import { z } from 'zod';
import { ContractError } from '../core/contract-error.ts';
import { assertOwn } from '../core/consent.ts';
import { defineMethod } from '../core/method.ts';
import { hasRight } from '../core/rights.ts';
import { loadOrThrow, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { AlgorithmRecord } from './record.ts';

/** The provider takes an algorithm out of use: new flows cannot name it, running attempts go on. */
export const retire = defineMethod('algorithms.retire', algorithmRefSchema, (context, { name, version }) => {
  const record = loadOrThrow<AlgorithmRecord>(
    context.state,
    keys.algorithm(name, version),
    'such algorithm',
    'version',
  );
  assertOwn(context, record.provider, `${name}/${version}`);
  if (record.state === 'Retired') return record;
  if (record.state !== 'Approved' && record.state !== 'Registered') {
    throw new ContractError('ILLEGAL_TRANSITION', `the algorithm is ${record.state}`, { field: 'version' });
  }
  const next: AlgorithmRecord = { ...record, state: 'Retired', decidedAt: context.blockTime };
  save(context.state, keys.algorithm(name, version), next);
  context.emit('algorithms.retired', `${name}/${version}`);
  return next;
});

/**
 * Ends an algorithm for good, for instance because a flaw was found: leases of running attempts are no longer renewed.
 * The provider may, and whoever has the right `algorithms.revokeForeign`.
 */
export const revoke = defineMethod(
  'algorithms.revoke',
  algorithmRefSchema.extend({ reason: z.string().max(512) }),
  (context, { name, version, reason }) => {
    const { state, caller } = context;
    const record = loadOrThrow<AlgorithmRecord>(state, keys.algorithm(name, version), 'such algorithm', 'version');
    if (!hasRight(state, 'algorithms.revokeForeign', caller)) assertOwn(context, record.provider, `${name}/${version}`);
    if (record.state === 'Revoked') return record;
    const next: AlgorithmRecord = { ...record, state: 'Revoked', decidedAt: context.blockTime };
    save(state, keys.algorithm(name, version), next);
    context.emit('algorithms.revoked', `${name}/${version}`, { reason });
    return next;
  },
);
