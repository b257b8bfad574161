import type { AssetVersionRecord, AssetView } from '@collabnet/contracts';
import { digestOf, type JsonObject } from '@collabnet/envelope';
import { LedgerError } from '@collabnet/ledger';
import type { NetworkSession } from '../../../institution/network-session.ts';
import { required } from '../../collab-network/network-run.ts';
import { asReconcileError } from '../../sessions.ts';
import type { AssetRun } from '../asset-run.ts';
import { catalogueEntry } from '../build/catalogue-entry.ts';

/** The catalogue holds what the asset's specification and source say; a change makes a new version, no change none. */
export async function publishAsset(run: AssetRun): Promise<void> {
  const { ctx, asset } = run;
  const session = required(run.session, 'session');
  const assetId = required(run.assetId, 'assetId');
  const content = catalogueEntry(assetId, asset.spec, required(run.profile, 'profile')) as unknown as JsonObject;
  try {
    const found = await publishedAsset(session, assetId);
    const record = found?.state === 'Active' && found.latest.digest === digestOf(content) ? found.latest : await publish(run, session, assetId, content);
    ctx.status.version = record.version;
    ctx.status.fingerprint = record.content.fingerprint;
    ctx.status.registeredHeight = record.publishedHeight;
  } catch (error) {
    throw asReconcileError(error, `the entry of ${assetId} in the catalogue`);
  }
}

/** The asset in the catalogue, if it ever was there. */
export async function publishedAsset(session: Pick<NetworkSession, 'ledger'>, assetId: string): Promise<AssetView | undefined> {
  try {
    return await session.ledger.evaluate<AssetView>('catalogue', 'get', { assetId }, { maxStalenessMs: 15_000 });
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

async function publish(run: AssetRun, session: NetworkSession, assetId: string, content: JsonObject): Promise<AssetVersionRecord> {
  await session.submit({ kind: 'Asset', contract: 'catalogue', method: 'publish', public: content });
  const { latest } = required(await publishedAsset(session, assetId), 'the published asset');
  run.ctx.event({ type: 'Normal', reason: 'AssetPublished', message: `version ${latest.version} of ${assetId} is in the catalogue` });
  return latest;
}
