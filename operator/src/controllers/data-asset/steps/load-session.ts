import { sessionOf } from '../../sessions.ts';
import type { AssetRun } from '../asset-run.ts';
import { assetIdOf } from '../build/proxy-config.ts';

/** The asset's network must be open: it gives the institution's DID and thereby the id of the asset. */
export function loadSession(run: AssetRun): Promise<void> {
  const session = sessionOf(run.tools.sessions, run.asset.spec.networkRef.name);
  run.session = session;
  run.assetId = assetIdOf(session.did, run.asset.metadata.name);
  run.ctx.status.assetID = run.assetId;
  return Promise.resolve();
}
