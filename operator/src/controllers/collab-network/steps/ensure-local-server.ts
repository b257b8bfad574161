import { networkToken } from '@collabnet/messaging';
import type { CollabNetwork } from '@collabnet/crds';
import type { HubAccess } from '../../../institution/local-nats.ts';
import { COLLAB_NETWORK } from '../../kinds.ts';
import type { NetworkRun } from '../network-run.ts';
import { accessSecret, readAccess } from './load-access.ts';

/**
 * Configures the institution's own NATS server for all its networks at once: the configuration is one file, so every
 * network's reconcile computes the same one.
 */
export async function ensureLocalServer(run: NetworkRun): Promise<void> {
  await run.services.nats.ensureServer(await hubsOf(run));
}

/** Hubs of all networks of this namespace but those that were left. */
export async function hubsOf(run: NetworkRun): Promise<HubAccess[]> {
  const networks = await run.ctx.client.list<CollabNetwork>(COLLAB_NETWORK);
  const hubs: HubAccess[] = [];
  for (const network of networks.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))) {
    const access = await readAccess(run.services.secrets, accessSecret(network));
    if (access !== undefined && !access.left) hubs.push({ ...access, net: networkToken(access.networkId), url: access.hubUrl });
  }
  return hubs;
}
