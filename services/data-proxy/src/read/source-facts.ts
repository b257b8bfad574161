import { createHash } from 'node:crypto';
import { ProxyError } from '../errors.ts';
import type { AssetDefinition } from '../source/asset-definition.ts';
import type { OpenSource } from '../source/connector.ts';
import type { ProfileKey } from './read-log.ts';

/** Names what a profile was taken of; salt and definition as digests, since the salt is a secret. */
export async function profileKey(source: OpenSource, asset: AssetDefinition, salt: Uint8Array): Promise<ProfileKey> {
  return {
    asset: asset.assetId,
    definition: createHash('sm3').update(JSON.stringify(asset)).digest('hex'),
    stamp: await source.stamp(),
    salt: createHash('sm3').update('collabnet.dev/profile-salt/v1').update(salt).digest('hex'),
  };
}

/**
 * Refuses a source with fewer distinct identifiers (rows, where it has none) than `minimum`: a set of one is a question
 * about a person. Stops as soon as there are enough, and remembers no more than `minimum` of them.
 *
 * @param columns that are going to be read; their identifiers count, or all declared ones if none is among them
 * @throws ProxyError SET_TOO_SMALL
 */
export async function assertSetSize(source: OpenSource, asset: AssetDefinition, columns: readonly string[], minimum: number): Promise<void> {
  const declared = asset.columns.filter((column) => column.role === 'Identifier').map((column) => column.name);
  const read = declared.filter((name) => columns.includes(name));
  const identifiers = read.length > 0 ? read : declared;
  const seen = new Set<string>();
  let rows = 0;
  for await (const batch of source.scan({ columns: identifiers.length > 0 ? identifiers : [columns[0] ?? ''], batchRows: 1024 })) {
    rows += batch.rows.length;
    if (identifiers.length === 0 && rows >= minimum) return;
    for (const row of batch.rows) {
      if (identifiers.length === 0) break;
      seen.add(JSON.stringify(row));
      if (seen.size >= minimum) return;
    }
  }
  // The size itself is not told: it would be the answer.
  throw new ProxyError('SET_TOO_SMALL', `Asset ${asset.assetId}: fewer than ${minimum} distinct records; reads of smaller sets are refused.`, { field: 'minimumSetSize' });
}
