import { digestOf } from '@collabnet/envelope';
import { parseDid } from '@collabnet/did';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, save, stamp } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import { type AssetRecord, type AssetVersionRecord, assetContentSchema } from './record.ts';

/**
 * Publishes an asset or its next version. The id begins with the owner's subject code, so it never changes hands
 * (requirement 15). Publishing what is published already changes nothing.
 */
export const publish = defineMethod('catalogue.publish', assetContentSchema, (context, content) => {
  const { state, caller, blockTime, height, transaction } = context;
  const { assetId } = content;
  const owner = caller.institution;
  if (!assetId.startsWith(`${parseDid(owner).subjectCode}/`)) {
    const field = 'assetId';
    throw new ContractError(
      'FORBIDDEN',
      `${field}: must begin with ${parseDid(owner).subjectCode}/, the publisher's subject code`,
      { field },
    );
  }
  const digest = digestOf(content);
  const asset = load<AssetRecord>(state, keys.asset(assetId));
  const latest = asset && load<AssetVersionRecord>(state, keys.assetVersion(assetId, asset.version));
  if (asset?.state === 'Active' && latest?.digest === digest) return latest;
  const version = (asset?.version ?? 0) + 1;
  const record: AssetVersionRecord = {
    ...stamp('asset-version'),
    assetId,
    owner,
    version,
    content,
    digest,
    publishedAt: blockTime,
    publishedHeight: height,
    transaction: transaction.digest,
  };
  const head: AssetRecord = {
    ...stamp('asset'),
    assetId,
    owner,
    state: 'Active',
    version,
    displayName: content.displayName,
    registeredHeight: asset?.registeredHeight ?? height,
    changedAt: blockTime,
  };
  save(state, keys.assetVersion(assetId, version), record);
  save(state, keys.asset(assetId), head);
  save(state, keys.assetByOwner(owner, assetId), {});
  context.emit('catalogue.published', assetId, { owner, version });
  return record;
});
