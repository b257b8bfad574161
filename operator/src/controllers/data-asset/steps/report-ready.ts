import type { AssetRun } from '../asset-run.ts';

/** Sums up what the asset came to. */
export function reportReady({ ctx }: AssetRun): Promise<void> {
  const { assetID, version, grants = [] } = ctx.status;
  const active = grants.filter(({ state }) => state === 'Active').length;
  const refused = grants.filter(({ state }) => state === 'Invalid').length;
  ctx.ready('Published', `version ${version ?? '?'} of ${assetID ?? '?'} is in the catalogue; ${active} of ${grants.length} grants active${refused > 0 ? `, ${refused} refused: see condition GrantsValid` : ''}`);
  return Promise.resolve();
}
