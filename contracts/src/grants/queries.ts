import { didSchema } from '@collabnet/did';
import { assetIdSchema } from '@collabnet/flow';
import { z } from 'zod';
import type { QueryContext } from '../core/context.ts';
import { defineQuery } from '../core/method.ts';
import { page, pageArgs } from '../core/page.ts';
import { load } from '../core/store.ts';
import { flowIdSchema, flowOf } from '../flows/load.ts';
import { missingConsents } from '../flows/approvals.ts';
import { keys } from '../state/keys.ts';
import { grantOf } from './find.ts';
import type { GrantRecord, GrantUsage, GrantUse, GrantView } from './record.ts';

const view = ({ state, blockTime }: QueryContext, grant: GrantRecord): GrantView => {
  const { form, id } = grant.content;
  const used = load<GrantUsage>(state, keys.grantUsage(id))?.used ?? 0;
  let now: GrantView['state'] = grant.state;
  if (now === 'Active' && form.type !== 'SingleTask') {
    if (blockTime < (form.notBefore ?? 0)) now = 'NotYetValid';
    else if (blockTime >= (form.notAfter ?? Infinity)) now = 'Expired';
    else if (form.type === 'Count' && used >= form.count) now = 'Exhausted';
  }
  return { ...grant, state: now, used };
};

const byId = (context: QueryContext, id: string): GrantView | undefined => {
  const grant = load<GrantRecord>(context.state, keys.grant(id));
  return grant && view(context, grant);
};

/** `grants.get` → GrantView */
export const get = defineQuery('grants.get', z.strictObject({ id: z.string().max(128) }), (context, { id }) =>
  view(context, grantOf(context.state, id)),
);

/** `grants.byAsset` → Page of GrantView; `grantee` narrows (requirement 94) */
export const byAsset = defineQuery(
  'grants.byAsset',
  z.strictObject({ ...pageArgs, asset: assetIdSchema, grantee: didSchema.optional() }),
  (context, args) => {
    const prefix = `grant-by-asset/${args.asset}/${args.grantee === undefined ? '' : `${args.grantee}/`}`;
    return page(context.state, prefix, args, (_, suffix) => byId(context, suffix.split('/').at(-1) ?? ''));
  },
);

/** `grants.byGrantee` → Page of GrantView */
export const byGrantee = defineQuery(
  'grants.byGrantee',
  z.strictObject({ ...pageArgs, grantee: didSchema }),
  (context, args) => page(context.state, keys.grantByGrantee(args.grantee, ''), args, (_, id) => byId(context, id)),
);

/** `grants.uses` → Page of GrantUse: which flows used the grant (requirement 91) */
export const uses = defineQuery(
  'grants.uses',
  z.strictObject({ ...pageArgs, id: z.string().max(128) }),
  ({ state }, args) => page(state, keys.grantUse(args.id, ''), args, (value) => value as GrantUse),
);

/** `grants.check` → {holds, missing}: whether a flow's inputs are all covered at the block's time, and by what not */
export const check = defineQuery('grants.check', z.strictObject({ flowId: flowIdSchema }), (context, { flowId }) => {
  const missing = missingConsents(context, flowOf(context.state, flowId));
  return { holds: missing.length === 0, missing };
});
