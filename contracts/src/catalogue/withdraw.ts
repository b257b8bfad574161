import { assetIdSchema } from '@collabnet/flow';
import { z } from 'zod';
import { assertOwn } from '../core/consent.ts';
import { defineMethod } from '../core/method.ts';
import { loadOrThrow, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { AssetRecord } from './record.ts';

/** Takes an asset out of the catalogue: no new flow may use it. Its versions stay readable as evidence. */
export const withdraw = defineMethod(
  'catalogue.withdraw',
  z.strictObject({ assetId: assetIdSchema }),
  (context, { assetId }) => {
    const { state, blockTime } = context;
    const asset = loadOrThrow<AssetRecord>(state, keys.asset(assetId), 'such asset', 'assetId');
    assertOwn(context, asset.owner, assetId);
    if (asset.state === 'Withdrawn') return asset;
    const next: AssetRecord = { ...asset, state: 'Withdrawn', changedAt: blockTime };
    save(state, keys.asset(assetId), next);
    context.emit('catalogue.withdrawn', assetId, { owner: asset.owner });
    return next;
  },
);
