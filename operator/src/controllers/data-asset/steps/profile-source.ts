import { WaitError } from '../../../runtime/index.ts';
import { required } from '../../collab-network/network-run.ts';
import { reasonOf } from '../../sessions.ts';
import type { AssetRun } from '../asset-run.ts';
import { assetSalt } from '../build/asset-salt.ts';
import { dataProxyOf } from '../build/names.ts';
import { ProxyRequestError, type AssetProfile } from '../proxy-client.ts';
import { sourceProblem } from '../source-problem.ts';

/** The source is looked at again this often, ms; the proxy reads it only when the file has changed. */
export const PROFILE_EVERY_MS = 5 * 60_000;
/** A person may ask for it at once, by changing this annotation. */
export const RECONCILE_AT = 'collabnet.dev/reconcile-at';
const RETRY_MS = 1_000;

/** Takes the fingerprint of the source, and says precisely what is wrong with it otherwise. */
export async function profileSource(run: AssetRun): Promise<{ requeueAfterMs: number }> {
  const { ctx, tools } = run;
  const subject = [ctx.object.metadata.uid, required(run.revision, 'revision'), ctx.object.metadata.annotations?.[RECONCILE_AT] ?? ''].join(' ');
  const known = tools.profiles.get(ctx.key);
  const age = known === undefined ? Infinity : ctx.clock.monotonic() - known.at;
  if (known?.subject === subject && age < PROFILE_EVERY_MS) {
    run.profile = known.profile;
  } else {
    const profile = await fresh(run);
    const problem = sourceProblem(profile.problems);
    if (problem !== undefined) throw problem;
    run.profile = profile;
    tools.profiles.set(ctx.key, { subject, at: ctx.clock.monotonic(), profile });
  }
  ctx.status.rows = run.profile.rows;
  return { requeueAfterMs: PROFILE_EVERY_MS };
}

async function fresh(run: AssetRun): Promise<AssetProfile> {
  const { ctx, asset, tools } = run;
  const { claimName } = asset.spec.source.file;
  const { networkId } = required(run.session, 'session');
  const assetId = required(run.assetId, 'assetId');
  const revision = required(run.revision, 'revision');
  const salt = await assetSalt(tools.secrets, networkId, assetId);
  const { url } = dataProxyOf(claimName, tools.namespace);
  try {
    const answer = await tools.client.profile(url, { networkId, assetId, salt }, ctx.signal);
    if (answer.revision === revision) return answer.profile;
  } catch (error) {
    if (!(error instanceof ProxyRequestError)) throw error;
    const current = error.revision === revision;
    if (current && error.code.startsWith('SOURCE_')) return failed(assetId, error);
    if (current || error.revision === undefined) throw new WaitError(reasonOf(`PROXY_${error.code}`), `${dataProxyOf(claimName, tools.namespace).name}: ${error.message}`, 3 * RETRY_MS, { cause: error });
  }
  // Whatever it said, it was about an older configuration.
  await tools.proxies.hurry(claimName, revision);
  throw new WaitError('ProxyConfiguring', 'the data proxy takes up its new configuration', RETRY_MS);
}

/** A source that cannot even be opened is refused as a whole; to the person it is a problem like the others. */
function failed(assetId: string, { code, message }: ProxyRequestError): AssetProfile {
  return { assetId, stamp: '', columnsFound: [], rows: 0, problems: [{ code, message }] };
}
