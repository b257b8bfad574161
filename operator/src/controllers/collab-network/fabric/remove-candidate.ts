import { CORE, isNotFound, type KubeObject, type ResourceType } from '../../../runtime/index.ts';
import type { NetworkRun } from '../network-run.ts';
import { CERTIFICATE, type CertManagerCertificate } from './cert-manager/certificate.ts';
import { fabricNames } from './names.ts';
import { nodeName } from './node-plan.ts';

const WORKLOADS = [CORE.statefulSet, CORE.deployment, CORE.service, CORE.configMap] as const;

/**
 * Takes away what a candidate has that the members refused. The peer's volume goes with its StatefulSet. The claim of the
 * snapshots stays: an operator may not delete claims, and one that has been there before may hold backups.
 */
export async function removeCandidate(run: NetworkRun): Promise<void> {
  const { client } = run.ctx;
  const labelSelector = `collabnet.dev/network=${run.network.metadata.name}`;
  const found: [ResourceType, string][] = [];
  for (const type of WORKLOADS) {
    const objects = await client.list<KubeObject>(type, { labelSelector });
    found.push(...objects.filter(isFabrics).map(({ metadata }): [ResourceType, string] => [type, metadata.name]));
  }
  // Some Secrets have the name of the workload that they are for.
  const secrets = new Set([...found.map(([, name]) => name), nodeName({ network: run.network, role: 'peer', ordinal: 0 }), ...Object.values<string>({ ...fabricNames(run.network) })]);
  for (const name of secrets) if ((await client.find(CORE.secret, name)) !== undefined) found.push([CORE.secret, name]);
  found.push(...(await certificatesOf(run)));
  for (const [type, name] of found) {
    await client.delete(type, name).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
  if (found.length > 0) run.ctx.event({ type: 'Normal', reason: 'NodesRemoved', message: 'the peer and contracts of the refused request, with their keys' });
}

/** What cert-manager was asked for, with the Secrets that it has filled. */
async function certificatesOf({ ctx: { client }, network }: NetworkRun): Promise<[ResourceType, string][]> {
  if (network.spec.ledger.fabric?.issuers === undefined) return [];
  const found = await client.list<CertManagerCertificate>(CERTIFICATE, { labelSelector: `collabnet.dev/network=${network.metadata.name}` });
  return found.flatMap(({ metadata, spec }): [ResourceType, string][] => [[CERTIFICATE, metadata.name], [CORE.secret, spec.secretName]]);
}

function isFabrics({ metadata }: KubeObject): boolean {
  return metadata.labels?.['app.kubernetes.io/component']?.startsWith('fabric-') === true;
}
