import { createHash, randomBytes } from 'node:crypto';
import type { CollabNetwork } from '@collabnet/crds';
import type { Logger } from '@collabnet/telemetry';
import type { Informer, KubeClient, Manager } from '../runtime/index.ts';
import type { InstitutionAuthority } from './institution-authority.ts';
import type { LocalNats } from './local-nats.ts';
import { rollOutRevision } from './nats-server-revision.ts';
import type { SecretStore, SecretValues } from './secret-store.ts';
import { serviceAccess, type ServiceAccess } from './service-access.ts';
import type { SessionRegistry } from './session-registry.ts';
import { WakeLoop } from './wake-loop.ts';

/** Names that the chart has given: Secret, StatefulSet and Service. */
export const RESULT_STORE_CONFIG_SECRET = 'result-store-config';
export const RESULT_STORE = 'result-store';
/** The key that results are sealed under; apart from the configuration, which may be made again at any time. */
export const RESULT_STORE_KEY_SECRET = 'result-store-key';

const MOUNT = '/etc/result-store';
/** How often the configuration is looked at when no network opens, ms: credentials and certificate get old. */
const RECHECK_MS = 10 * 60_000;
const RETRY_MS = 5_000;

export interface ResultStoreServices {
  client: KubeClient;
  secrets: SecretStore;
  authority: InstitutionAuthority;
  nats: LocalNats;
  sessions: SessionRegistry;
  logger: Logger;
}

/** Base URL of the institution's result store; its certificate has this host name. */
export function resultStoreUrl(namespace: string): string {
  return `https://${RESULT_STORE}.${namespace}.svc:8443`;
}

/** `config.json` of the result store; issuers and networks follow the file, so a change needs no restart. */
export function resultStoreConfig(access: Pick<ServiceAccess, 'issuers' | 'networks'>): string {
  return JSON.stringify({
    schema: 'collabnet.dev/result-store-config/v1',
    tls: { cert: `${MOUNT}/tls.crt`, key: `${MOUNT}/tls.key`, ca: `${MOUNT}/ca.crt` },
    storeKeys: [`${MOUNT}/store.key`],
    issuers: access.issuers,
    networks: access.networks,
  });
}

/**
 * Writes Secret `result-store-config`, which the chart's StatefulSet waits for, and keeps its certificate and ledger
 * credentials fresh.
 *
 * @param networks names of the CollabNetworks of this namespace.
 * @param now epoch ms
 */
export async function ensureResultStore(services: Omit<ResultStoreServices, 'logger'>, networks: readonly string[], now: number = Date.now()): Promise<void> {
  const { client, secrets, authority, nats, sessions } = services;
  const current = await secrets.read(RESULT_STORE_CONFIG_SECRET);
  const access = await serviceAccess({ current, networks, sessions, nats, client: RESULT_STORE, mount: MOUNT, now });
  // Without any network there is nobody to serve, and the chart's pod may as well wait.
  if (current === undefined && access.networks.length === 0) return;
  const key = await secrets.ensure(RESULT_STORE_KEY_SECRET, () => ({ 'store.key': randomBytes(32).toString('hex') }));
  const storeKey = key['store.key'] ?? '';
  const values: SecretValues = {
    'config.json': resultStoreConfig(access),
    'store.key': storeKey,
    ...access.files,
    ...(await authority.serverCertificate(current, RESULT_STORE)),
  };
  await secrets.apply(RESULT_STORE_CONFIG_SECRET, values, { labels: { 'app.kubernetes.io/component': RESULT_STORE } });
  // Only the store's key is read once; a first roll-out also replaces a pod that waits for the Secret to appear.
  const revision = createHash('sha256').update('result-store/v1').update(storeKey).digest('hex').slice(0, 16);
  await rollOutRevision(client, RESULT_STORE, revision);
}

/** Keeps the result store's configuration while this process leads: at once when a network opens, and from time to time. */
export function keepResultStore(manager: Manager, networks: Informer<CollabNetwork>, services: ResultStoreServices): void {
  const loop = new WakeLoop({
    name: 'result-store-config',
    work: () => ensureResultStore(services, networks.list().map(({ metadata }) => metadata.name)),
    everyMs: RECHECK_MS,
    retryMs: RETRY_MS,
    logger: services.logger,
  });
  services.sessions.onChange((_network, events) => {
    // A rotated key must be known before the next capability comes.
    if (events.length === 0 || events.some(({ type }) => type === 'identity.rotated' || type === 'identity.recovered')) loop.wake();
  });
  manager.add(loop);
}
