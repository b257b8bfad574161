import type { DataAsset } from '@collabnet/crds';
import { CORE, keyOf, type Applier, type KubeClient, type KubeObject } from '../../runtime/index.ts';
import { serviceAccess } from '../../institution/service-access.ts';
import type { DataAssetInformers, DataAssetServices } from './asset-run.ts';
import { ownersOf, PROXY_COMPONENT, PROXY_LABEL, proxyAuditClaim, proxyDeployment, proxyLabels, proxyService, type ProxyPlan } from './build/data-proxy.ts';
import { dataProxyOf } from './build/names.ts';
import { PROXY_MOUNT, proxyConfig } from './build/proxy-config.ts';

const CONFIG_REVISION = 'collabnet.dev/config-revision';

interface ProxyKeeperOptions extends DataAssetServices {
  client: KubeClient;
  applier: Applier;
  informers: Pick<DataAssetInformers, 'assets' | 'deployments'>;
}

/** Keeps the data proxy of each source: its objects, its configuration, certificate and credentials. */
export class ProxyKeeper {
  readonly #options: ProxyKeeperOptions;
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(options: ProxyKeeperOptions) {
    this.#options = options;
  }

  /** Assets of a claim that exist and are not being deleted. */
  assetsOf(claimName: string): DataAsset[] {
    return this.#options.informers.assets.list().filter(({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.source.file.claimName === claimName);
  }

  /** Brings the proxy of a claim to what its assets say now. @returns revision of the configuration written. */
  ensure(claimName: string): Promise<string> {
    // One at a time for each claim: its assets are reconciled in parallel and must not write two states in turn.
    const next = (this.#running.get(claimName) ?? Promise.resolve()).catch(() => undefined).then(() => this.#ensure(claimName));
    this.#running.set(claimName, next);
    return next;
  }

  async #ensure(claimName: string): Promise<string> {
    const { applier, client, config, namespace, informers } = this.#options;
    const names = dataProxyOf(claimName, namespace);
    const owners = this.assetsOf(claimName);
    const plan: ProxyPlan = { claimName, namespace, config, owners };
    const revision = await this.#writeSecret(plan, names.name);
    if ((await client.find(CORE.persistentVolumeClaim, names.auditClaim)) === undefined) await applier.apply(CORE.persistentVolumeClaim, proxyAuditClaim(plan), { live: null });
    await applier.apply(CORE.service, proxyService(plan));
    // Read anew: what the informer keeps does not tell whether somebody else has changed it.
    const { object } = await applier.apply(CORE.deployment, proxyDeployment(plan));
    informers.deployments.observe(object);
    return revision;
  }

  async #writeSecret(plan: ProxyPlan, name: string): Promise<string> {
    const { secrets, sessions, nats, authority } = this.#options;
    const current = await secrets.read(name);
    const access = await serviceAccess({
      current,
      networks: plan.owners.map(({ spec }) => spec.networkRef.name),
      sessions,
      nats,
      client: PROXY_COMPONENT,
      mount: PROXY_MOUNT,
      now: Date.now(),
    });
    const { text, revision } = proxyConfig(access, plan.owners);
    const values = { 'config.json': text, ...access.files, ...(await authority.serverCertificate(current, name)) };
    await secrets.apply(name, values, { labels: proxyLabels(dataProxyOf(plan.claimName, plan.namespace)), ownerReferences: ownersOf(plan.owners) });
    return revision;
  }

  /**
   * Tells the kubelet that the pods' Secret is new. It would look by itself, but only about once a minute; any change of
   * the pod makes it look at once.
   */
  async hurry(claimName: string, revision: string): Promise<void> {
    const { client, namespace } = this.#options;
    for (const pod of await this.pods(claimName)) {
      if (pod.metadata.annotations?.[CONFIG_REVISION] === revision) continue;
      await client.patch(CORE.pod, pod.metadata.name, { metadata: { annotations: { [CONFIG_REVISION]: revision } } }, { strategy: 'merge', namespace });
    }
  }

  /** Pods of a proxy that are not ending. */
  async pods<T extends KubeObject>(claimName: string): Promise<T[]> {
    const { client, namespace } = this.#options;
    const { name } = dataProxyOf(claimName, namespace);
    const pods = await client.list<T>(CORE.pod, { labelSelector: `${PROXY_LABEL}=${name}` });
    return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** Keys of the other assets that share a claim. */
  keysOf(claimName: string): string[] {
    return this.assetsOf(claimName).map(keyOf);
  }
}
