import { validateDataAsset, type Approval, type DataAsset } from '@collabnet/crds';
import type { LedgerEvent } from '@collabnet/ledger';
import { CORE, keyOf, watches, type Controller, type Informer, type Manager, type ReconcileContext, type Step } from '../../runtime/index.ts';
import { WakeLoop } from '../../institution/wake-loop.ts';
import { DATA_ASSET } from '../kinds.ts';
import type { AssetRun, AssetStep, AssetTools, DataAssetInformers, DataAssetServices, ProxyDeployment } from './asset-run.ts';
import { sweepAssets } from './asset-sweep.ts';
import { PROXY_SELECTOR } from './build/data-proxy.ts';
import { assetIdOf } from './build/proxy-config.ts';
import { ProxyClient } from './proxy-client.ts';
import { ProxyKeeper } from './proxy-keeper.ts';
import { awaitProxy } from './steps/await-proxy.ts';
import { ensureProxy } from './steps/ensure-proxy.ts';
import { loadSession } from './steps/load-session.ts';
import { profileSource } from './steps/profile-source.ts';
import { publishAsset } from './steps/publish-asset.ts';
import { reportReady } from './steps/report-ready.ts';
import { settleGrants } from './steps/settle-grants.ts';

/** In this order an asset gets into the catalogue; each step finds what an earlier run has already done. */
const STEPS: readonly AssetStep[] = [loadSession, ensureProxy, awaitProxy, profileSource, publishAsset, settleGrants, reportReady];

/** A mended file is found after about this long, ms, without anybody telling. */
const SLOW_RECHECK_MS = 60_000;
/** One pass over a large source may take minutes; /healthz calls ten of them stuck. */
const TIMEOUT_MS = 8 * 60_000;
const SWEEP_EVERY_MS = 60_000;
const SWEEP_RETRY_MS = 5_000;

/** The caches of the controller. `approvals` is shared with the controller of Approval. */
export function dataAssetInformers(manager: Manager, namespace: string, approvals: Informer<Approval>): DataAssetInformers {
  return {
    assets: manager.informer<DataAsset>(DATA_ASSET, { namespace, indexes: { network: ({ spec }) => [spec.networkRef.name] } }),
    deployments: manager.informer<ProxyDeployment>(CORE.deployment, { namespace, labelSelector: PROXY_SELECTOR }),
    approvals,
  };
}

/** Controller of DataAsset: keeps the data proxy of its source, its entry in the catalogue and its standing grants. */
export function dataAssetController(manager: Manager, informers: DataAssetInformers, services: DataAssetServices): Controller<DataAsset> {
  const { assets, deployments } = informers;
  const proxies = new ProxyKeeper({ ...services, client: manager.client, applier: manager.applier, informers });
  const tools: AssetTools = { ...services, informers, proxies, client: new ProxyClient(services.authority), profiles: new Map() };
  const runs = new WeakMap<ReconcileContext<DataAsset>, AssetRun>();
  const runOf = (ctx: ReconcileContext<DataAsset>): AssetRun => {
    const run = runs.get(ctx) ?? { ctx, asset: ctx.object, tools };
    runs.set(ctx, run);
    return run;
  };
  const step = (each: AssetStep): Step<DataAsset> => (ctx) => each(runOf(ctx));
  const controller = manager.controller<DataAsset>({
    name: 'dataasset',
    type: DATA_ASSET,
    informer: assets,
    guard: problemsOf,
    steps: STEPS.map(step),
    // The proxy names all assets of its source as owners.
    owns: [deployments],
    // A neighbour that comes or goes changes the configuration of the proxy they share.
    watches: [watches(assets, (asset, old) => neighbours(proxies, asset, old))],
    slowRecheckMs: SLOW_RECHECK_MS,
    timeoutMs: TIMEOUT_MS,
  });
  const sweep = new WakeLoop({
    name: 'data-asset-sweep',
    work: () => sweepAssets({ tools, client: manager.client, logger: manager.logger }),
    everyMs: SWEEP_EVERY_MS,
    retryMs: SWEEP_RETRY_MS,
    logger: manager.logger,
  });
  manager.add(sweep);
  assets.on({
    delete: sweep.wake,
    update: (asset, old) => {
      if (asset.metadata.generation !== old.metadata.generation) sweep.wake();
    },
  });
  services.sessions.onChange((network, events) => {
    if (events.length === 0) sweep.wake();
    for (const asset of assets.byIndex('network', network)) if (concernsAsset(asset, events, services, network)) controller.enqueue(keyOf(asset));
  });
  return controller;
}

function neighbours(proxies: ProxyKeeper, asset: DataAsset, old: DataAsset | undefined): string[] {
  if (old !== undefined && old.metadata.generation === asset.metadata.generation) return [];
  const claims = new Set([asset, old ?? asset].map(({ spec }) => spec.source.file.claimName));
  return [...claims].flatMap((claim) => proxies.keysOf(claim));
}

function problemsOf(asset: DataAsset): readonly string[] | undefined {
  const checked = validateDataAsset(asset);
  const problems = checked.ok ? [] : [...checked.errors];
  const { delimiter } = asset.spec.source.file;
  // The proxy would refuse its whole configuration for it, and with it the neighbours of this asset.
  if (/["\r\n\0]/.test(delimiter) || delimiter.charCodeAt(0) > 127) problems.push('spec.source.file.delimiter: must be one ASCII character other than a quote or a line break');
  return problems;
}

/** A session that opens makes everything due; later blocks only what they are about. */
function concernsAsset(asset: DataAsset, events: readonly LedgerEvent[], { sessions }: DataAssetServices, network: string): boolean {
  if (events.length === 0) return true;
  const did = sessions.get(network)?.did;
  const assetId = did === undefined ? undefined : assetIdOf(did, asset.metadata.name);
  return events.some(({ type, subject, data }) => {
    // The proxy has to know the key that now signs capabilities.
    if (type === 'identity.rotated' || type === 'identity.recovered') return subject === did;
    if (type.startsWith('grant.')) return data['asset'] === assetId;
    if (type.startsWith('catalogue.')) return subject === assetId;
    // A flow that opens or fails changes how often a grant was used.
    return type.startsWith('flow.') && asset.spec.grants.length > 0;
  });
}
