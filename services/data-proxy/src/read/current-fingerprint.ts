import type { ProxyContext } from '../proxy-context.ts';
import type { AssetDefinition } from '../source/asset-definition.ts';
import type { OpenSource } from '../source/connector.ts';
import { Fingerprinter } from '../source/fingerprint.ts';
import { profileKey } from './source-facts.ts';

/**
 * Fingerprint of a source as it is now. One pass over it, or none where this very content was profiled before, which it
 * was unless it changed since: the pass is what a change costs, not what a read costs.
 *
 * @throws ProxyError SOURCE_*, INVALID_ARGUMENT
 */
export async function currentFingerprint(context: ProxyContext, source: OpenSource, asset: AssetDefinition, salt: Uint8Array): Promise<string> {
  const key = await profileKey(source, asset, salt);
  const known = context.log.knownProfile(key);
  if (known) return known.fingerprint;
  const fingerprinter = new Fingerprinter(asset, salt);
  const population = context.populations.builder(asset);
  for await (const batch of source.scan()) {
    fingerprinter.update(batch.rows);
    population.update(batch.rows);
  }
  const { fingerprint, rows } = fingerprinter.finish();
  // Not remembered when it changed under the pass: the fingerprint would be kept for a content it is not of.
  if ((await source.stamp()) === key.stamp) {
    context.log.rememberProfile(key, { fingerprint, rows, columns: asset.columns.map(({ name }) => name) });
    context.populations.keep(key, population.finish());
  }
  return fingerprint;
}
