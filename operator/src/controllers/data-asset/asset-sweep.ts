import type { AssetRecord, Page } from '@collabnet/contracts';
import { parseDid } from '@collabnet/did';
import { CORE, deleteIgnoreMissing, type KubeClient } from '../../runtime/index.ts';
import type { NetworkSession } from '../../institution/network-session.ts';
import type { Logger } from '@collabnet/telemetry';
import type { AssetTools } from './asset-run.ts';
import { CLAIM_ANNOTATION } from './build/data-proxy.ts';

const PAGE = 200;

export interface SweepOptions {
  tools: Pick<AssetTools, 'informers' | 'sessions' | 'proxies' | 'namespace' | 'profiles'>;
  client: KubeClient;
  logger: Logger;
}

/**
 * What no single asset can do, because it is gone or paused: withdraw deleted assets from the catalogue, take paused
 * ones out of their proxy, remove proxies that nothing uses. Without finalizers, so that nothing hangs a deletion.
 */
export async function sweepAssets(options: SweepOptions): Promise<void> {
  const { tools } = options;
  // An empty cache would look as if everything had been deleted.
  await tools.informers.assets.synced;
  forgetProfiles(options);
  await sweepProxies(options);
  for (const session of tools.sessions.all()) await withdrawGone(options, session);
}

/** Withdraws what the catalogue offers in this institution's name and no DataAsset stands for any more. */
export async function withdrawGone({ tools, logger }: Pick<SweepOptions, 'logger'> & { tools: Pick<AssetTools, 'informers' | 'namespace'> }, session: NetworkSession): Promise<void> {
  const prefix = `${parseDid(session.did).subjectCode}/`;
  for (const { assetId, state } of await ownAssets(session)) {
    if (state !== 'Active') continue;
    const asset = tools.informers.assets.get(`${tools.namespace}/${assetId.slice(prefix.length)}`);
    if (asset?.spec.networkRef.name === session.name) continue;
    await session.submit({ kind: 'Asset', contract: 'catalogue', method: 'withdraw', public: { assetId } });
    logger.info({ asset: assetId, network: session.networkId }, 'withdrawn from the catalogue: its DataAsset is gone');
  }
}

async function ownAssets(session: NetworkSession): Promise<AssetRecord[]> {
  const assets: AssetRecord[] = [];
  let after: string | undefined;
  do {
    const page = await session.ledger.evaluate<Page<AssetRecord>>('catalogue', 'byOwner', { owner: session.did, limit: PAGE, ...(after === undefined ? {} : { after }) }, { maxStalenessMs: 15_000 });
    assets.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return assets;
}

async function sweepProxies({ tools, client }: SweepOptions): Promise<void> {
  for (const { metadata } of tools.informers.deployments.list()) {
    const claimName = metadata.annotations?.[CLAIM_ANNOTATION];
    if (claimName === undefined || metadata.deletionTimestamp !== undefined) continue;
    const users = tools.proxies.assetsOf(claimName);
    if (users.length === 0) {
      for (const type of [CORE.deployment, CORE.service, CORE.secret]) await deleteIgnoreMissing(client, type, metadata.name);
    } else if (users.some(({ spec }) => spec.suspend)) {
      // Nobody reconciles a paused asset, but its proxy must refuse it.
      await tools.proxies.ensure(claimName).then((revision) => tools.proxies.hurry(claimName, revision));
    }
  }
}

function forgetProfiles({ tools }: SweepOptions): void {
  for (const key of tools.profiles.keys()) if (tools.informers.assets.get(key) === undefined) tools.profiles.delete(key);
}
