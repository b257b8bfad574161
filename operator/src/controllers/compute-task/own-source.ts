import type { DataAsset } from '@collabnet/crds';
import { parseDid } from '@collabnet/did';
import type { ProposedInput } from '@collabnet/flow';
import { StalledError } from '../../runtime/index.ts';
import { dataProxyOf, type DataProxyNames } from '../data-asset/build/names.ts';
import { required, type TaskRun } from './task-run.ts';

/**
 * The data proxy that serves an input of this institution.
 *
 * @throws StalledError AssetNotServed naming the DataAsset that is missing
 */
export function ownSource(run: TaskRun, input: ProposedInput): DataProxyNames {
  const { session } = required(run.view, 'view');
  const { namespace } = run.environment.services;
  const prefix = `${parseDid(session.did).subjectCode}/`;
  const name = input.asset?.startsWith(prefix) ? input.asset.slice(prefix.length) : undefined;
  if (name === undefined) throw new StalledError('UnsupportedInput', `input ${input.name} is not an asset of this institution; it cannot be served`);
  const asset: DataAsset | undefined = run.environment.informers.assets.get(`${namespace}/${name}`);
  if (asset === undefined || asset.spec.networkRef.name !== session.name || asset.metadata.deletionTimestamp !== undefined) {
    throw new StalledError('AssetNotServed', `input ${input.name}: there is no DataAsset ${name} of CollabNetwork ${session.name} in namespace ${namespace}; create it again, or cancel the flow`);
  }
  return dataProxyOf(asset.spec.source.file.claimName, namespace);
}
