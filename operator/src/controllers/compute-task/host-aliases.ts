import { CORE, WaitError, type KubeClient, type KubeObject } from '../../runtime/index.ts';
import type { HostAlias } from './build/pod.ts';

interface Service extends KubeObject {
  spec?: { clusterIP?: string };
}

/**
 * Addresses of Services under the names that their certificates have, for a pod without a name server.
 *
 * @throws WaitError ServiceMissing
 */
export async function hostAliasesOf(client: KubeClient, namespace: string, services: readonly string[]): Promise<HostAlias[]> {
  return Promise.all([...new Set(services)].map((name) => hostAliasOf(client, namespace, name)));
}

async function hostAliasOf(client: KubeClient, namespace: string, name: string): Promise<HostAlias> {
  const service = await client.find<Service>(CORE.service, name, { namespace });
  const ip = service?.spec?.clusterIP;
  if (ip === undefined || ip === '' || ip === 'None') {
    throw new WaitError('ServiceMissing', `Service ${name} does not exist or has no cluster IP; a compute pod needs it`, 5_000);
  }
  return { ip, hostnames: [name, `${name}.${namespace}.svc`] };
}
