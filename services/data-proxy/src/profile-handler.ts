import type { ServerResponse } from 'node:http';
import { fromBase64Url } from '@collabnet/sm';
import { ProxyError } from './errors.ts';
import type { ProxyContext } from './proxy-context.ts';
import { profileKey } from './read/source-facts.ts';
import { Fingerprinter } from './source/fingerprint.ts';

/** Header with the salt of the fingerprint, base64url: query strings end up in logs. */
export const saltHeader = 'collabnet-salt';

export interface AssetProfile {
  readonly schema: 'collabnet.dev/asset-profile/v1';
  readonly assetId: string;
  /** Of the configuration that it was taken under. */
  readonly revision?: string;
  /** Changes whenever the content may have changed. */
  readonly stamp: string;
  readonly columnsFound: readonly string[];
  readonly rows: number;
  /** HMAC-SM3 under the salt; absent when there are problems. */
  readonly fingerprint?: string;
  readonly problems: readonly { code: string; message: string; line?: number; column?: string }[];
}

/**
 * `GET /v1/profile?network=&asset=` for the operator: one pass over the source, or none if its stamp, definition and
 * salt are those of an earlier one.
 */
export async function handleProfile(context: ProxyContext, query: URLSearchParams, salt: string | undefined, response: ServerResponse): Promise<void> {
  // The operator asks when it has just written a configuration; one that cannot be read is told by its timer.
  await context.config.reload().catch(() => false);
  const { revision, assets } = context.config.current;
  const assetId = query.get('asset') ?? '';
  const candidates = assets.filter((asset) => asset.assetId === assetId && (query.get('network') ?? asset.networkId) === asset.networkId);
  const [asset] = candidates;
  if (!asset) throw new ProxyError('ASSET_UNKNOWN', `Asset ${assetId} is not served here.`, { field: 'asset' });
  if (candidates.length > 1) throw new ProxyError('INVALID_ARGUMENT', `Asset ${assetId} is in several networks; name one in network.`, { field: 'network' });
  const fingerprinter = new Fingerprinter(asset, decodeSalt(salt));
  const source = await context.connector.open(asset);
  let profile: AssetProfile;
  try {
    const key = await profileKey(source, asset, decodeSalt(salt));
    const base = { schema: 'collabnet.dev/asset-profile/v1', assetId, ...(revision !== undefined && { revision }), stamp: key.stamp } as const;
    const known = context.log.knownProfile(key);
    if (known) {
      profile = { ...base, columnsFound: known.columns, rows: known.rows, fingerprint: known.fingerprint, problems: [] };
    } else {
      const population = context.populations.builder(asset);
      const { columnsFound, rows, problems } = await source.describe((batch) => {
        fingerprinter.update(batch.rows);
        population.update(batch.rows);
      });
      const { fingerprint } = fingerprinter.finish();
      const clean = problems.length === 0;
      // Not remembered when it changed under the pass: the fingerprint would be kept for a content it is not of.
      if (clean && (await source.stamp()) === key.stamp) {
        context.log.rememberProfile(key, { fingerprint, rows, columns: columnsFound });
        context.populations.keep(key, population.finish());
      }
      const told = problems.map(({ code, message, location }) => ({ code, message, ...(location?.line !== undefined && { line: location.line }), ...(location?.column !== undefined && { column: location.column }) }));
      profile = { ...base, columnsFound, rows, ...(clean && { fingerprint }), problems: told };
    }
  } finally {
    await source.close();
  }
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(profile));
}

function decodeSalt(salt: string | undefined): Uint8Array {
  try {
    return fromBase64Url(salt ?? '');
  } catch (cause) {
    throw new ProxyError('INVALID_ARGUMENT', `Header ${saltHeader}: not base64url.`, { field: saltHeader, cause });
  }
}
