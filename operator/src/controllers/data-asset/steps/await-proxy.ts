import { WaitError } from '../../../runtime/index.ts';
import type { AssetRun, ProxyDeployment } from '../asset-run.ts';
import { dataProxyOf } from '../build/names.ts';
import { podFault, type ProxyPod } from '../pod-fault.ts';

/** A change of the Deployment wakes the asset; this is for what only the pods show. */
const LOOK_AGAIN_MS = 5_000;

/** The proxy serves, or it is said why not. */
export async function awaitProxy(run: AssetRun): Promise<void> {
  const { ctx, asset, tools } = run;
  const { claimName } = asset.spec.source.file;
  const { name } = dataProxyOf(claimName, tools.namespace);
  const deployment = tools.informers.deployments.get(`${tools.namespace}/${name}`);
  const ready = deployment !== undefined && serves(deployment);
  ctx.status.proxy = { deployment: name, ready };
  if (ready) return;
  const pods = await tools.proxies.pods<ProxyPod>(claimName);
  for (const pod of pods) {
    const fault = podFault(pod);
    if (fault !== undefined) throw fault;
  }
  throw new WaitError('ProxyStarting', `data proxy ${name} is starting`, LOOK_AGAIN_MS);
}

function serves({ metadata, spec, status }: ProxyDeployment): boolean {
  const wanted = spec?.replicas ?? 1;
  return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 1) && (status?.updatedReplicas ?? 0) >= wanted && (status?.readyReplicas ?? 0) >= wanted;
}
