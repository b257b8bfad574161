import { didSchema } from '@collabnet/did';
import { assetIdSchema } from '@collabnet/flow';
import { z } from 'zod';
import type { QueryContext } from '../core/context.ts';
import { defineQuery } from '../core/method.ts';
import { page, pageArgs } from '../core/page.ts';
import { load, loadOrThrow } from '../core/store.ts';
import type { FlowRecord } from '../flows/record.ts';
import { keys } from '../state/keys.ts';
import type { AssetRecord, AssetVersionRecord } from './record.ts';

/** An asset with the content of one version. */
export interface AssetView extends AssetRecord {
  latest: AssetVersionRecord;
}

/** Version `version` of an asset, or the newest. @throws ContractError NOT_FOUND */
export function assetVersion(
  state: QueryContext['state'],
  asset: AssetRecord,
  version = asset.version,
): AssetVersionRecord {
  return loadOrThrow(
    state,
    keys.assetVersion(asset.assetId, version),
    `version ${version} of ${asset.assetId}`,
    'version',
  );
}

/** `catalogue.get` → AssetView */
export const get = defineQuery(
  'catalogue.get',
  z.strictObject({ assetId: assetIdSchema }),
  ({ state }, { assetId }): AssetView => {
    const asset = loadOrThrow<AssetRecord>(state, keys.asset(assetId), 'such asset', 'assetId');
    return { ...asset, latest: assetVersion(state, asset) };
  },
);

/** `catalogue.list` → Page of AssetRecord; withdrawn ones only on demand */
export const list = defineQuery(
  'catalogue.list',
  z.strictObject({ ...pageArgs, withdrawn: z.boolean().default(false) }),
  ({ state }, args) =>
    page(state, 'asset/', args, (value) => {
      const asset = value as AssetRecord;
      return args.withdrawn || asset.state === 'Active' ? asset : undefined;
    }),
);

/** `catalogue.byOwner` → Page of AssetRecord */
export const byOwner = defineQuery(
  'catalogue.byOwner',
  z.strictObject({ ...pageArgs, owner: didSchema }),
  ({ state }, args) =>
    page(state, keys.assetByOwner(args.owner, ''), args, (_, assetId) => load<AssetRecord>(state, keys.asset(assetId))),
);

/** `catalogue.versions` → Page of AssetVersionRecord, oldest first */
export const versions = defineQuery(
  'catalogue.versions',
  z.strictObject({ ...pageArgs, assetId: assetIdSchema }),
  ({ state }, args) => page(state, `asset-version/${args.assetId}/`, args, (value) => value as AssetVersionRecord),
);

/** `catalogue.version` → AssetVersionRecord */
export const version = defineQuery(
  'catalogue.version',
  z.strictObject({ assetId: assetIdSchema, version: z.int().min(1) }),
  ({ state }, args) =>
    loadOrThrow<AssetVersionRecord>(state, keys.assetVersion(args.assetId, args.version), 'such version', 'version'),
);

/** `catalogue.flows` → Page of FlowRecord that use the asset (requirement 94) */
export const flows = defineQuery(
  'catalogue.flows',
  z.strictObject({ ...pageArgs, assetId: assetIdSchema }),
  ({ state }, args) =>
    page(state, keys.flowByAsset(args.assetId, ''), args, (_, flowId) => load<FlowRecord>(state, keys.flow(flowId))),
);
