import { createHash } from 'node:crypto';
import type { DataAsset } from '@collabnet/crds';
import { parseDid } from '@collabnet/did';
import { parseDuration } from '@collabnet/flow';
import type { NetworkBinding, ServiceAccess } from '../../../institution/service-access.ts';

/** Where the Secret of a data proxy is mounted. */
export const PROXY_MOUNT = '/etc/data-proxy';
export const LEDGER_CACHE_MOUNT = '/var/cache/ledger';
export const SOURCE_MOUNT = '/data';
export const PROXY_STATE = '/var/lib/data-proxy';

/** Id of an asset on the ledger: it begins with the owner's subject code, so it never changes hands. */
export function assetIdOf(did: string, name: string): string {
  return `${parseDid(did).subjectCode}/${name}`;
}

/** `config.json` of a data proxy and the revision by which its answers tell that they follow it. */
export function proxyConfig(access: Pick<ServiceAccess, 'bindings' | 'issuers' | 'networks'>, assets: readonly DataAsset[]): { text: string; revision: string } {
  const served = assets
    .filter(({ spec }) => !spec.suspend)
    .flatMap((asset) => {
      const binding = access.bindings[asset.spec.networkRef.name];
      return binding === undefined ? [] : [assetDefinition(asset, binding)];
    })
    .sort((a, b) => (a.assetId < b.assetId ? -1 : 1));
  const content = {
    schema: 'collabnet.dev/data-proxy-config/v1',
    root: SOURCE_MOUNT,
    stateDirectory: PROXY_STATE,
    tls: { cert: `${PROXY_MOUNT}/tls.crt`, key: `${PROXY_MOUNT}/tls.key`, ca: `${PROXY_MOUNT}/ca.crt` },
    issuers: access.issuers,
    networks: access.networks,
    assets: served,
  };
  const revision = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
  return { text: JSON.stringify({ ...content, revision }), revision };
}

function disclosureRules({ minimumSetSize, minimumDifference, maximumTasks }: DataAsset['spec']['disclosure']): Record<string, unknown> {
  return {
    minimumSetSize,
    ...(minimumDifference === undefined ? {} : { minimumDifference }),
    ...(maximumTasks === undefined ? {} : { maximumTasks: { count: maximumTasks.count, periodMs: parseDuration(maximumTasks.period, 'spec.disclosure.maximumTasks.period') } }),
  };
}

function assetDefinition({ metadata, spec }: DataAsset, binding: NetworkBinding): { assetId: string } & Record<string, unknown> {
  const { path, format, delimiter, encoding, header } = spec.source.file;
  return {
    assetId: assetIdOf(binding.did, metadata.name),
    networkId: binding.networkId,
    format,
    path,
    delimiter,
    encoding,
    header,
    columns: spec.columns.map(({ name, type, role }) => ({ name, type, role })),
    ...disclosureRules(spec.disclosure),
  };
}
