import { CORE, StalledError } from '../../../runtime/index.ts';
import type { AssetRun } from '../asset-run.ts';
import { dataProxyOf } from '../build/names.ts';

/** The data proxy of the asset's source exists and is configured with all assets of that source. */
export async function ensureProxy(run: AssetRun): Promise<void> {
  const { ctx, asset, tools } = run;
  const { claimName } = asset.spec.source.file;
  const { name } = dataProxyOf(claimName, tools.namespace);
  if ((await ctx.client.find(CORE.persistentVolumeClaim, claimName, { signal: ctx.signal })) === undefined) {
    throw new StalledError('ClaimNotFound', `spec.source.file.claimName: PersistentVolumeClaim ${claimName} is not in namespace ${tools.namespace}; create it or correct the name`);
  }
  run.revision = await tools.proxies.ensure(claimName);
  ctx.status.proxy = { deployment: name, ready: ctx.status.proxy?.deployment === name && ctx.status.proxy.ready };
}
