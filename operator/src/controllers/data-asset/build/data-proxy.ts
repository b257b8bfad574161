import type { DataAsset } from '@collabnet/crds';
import type { KubeObject } from '../../../runtime/index.ts';
import type { OperatorConfig } from '../../../institution/config.ts';
import { containerSecurity, imagePullSecrets, podSecurity } from '../../../institution/pod-security.ts';
import { OPERATOR_LABELS } from '../../../institution/secret-store.ts';
import { telemetryEnvironment } from '../../../institution/telemetry-environment.ts';
import { dataProxyOf, type DataProxyNames } from './names.ts';
import { LEDGER_CACHE_MOUNT, PROXY_MOUNT, PROXY_STATE, SOURCE_MOUNT } from './proxy-config.ts';

/** Finds the data proxies among all Deployments and pods. */
export const PROXY_COMPONENT = 'data-proxy';
export const PROXY_SELECTOR = `app.kubernetes.io/component=${PROXY_COMPONENT}`;
/** Label with the name of the proxy. */
export const PROXY_LABEL = 'collabnet.dev/data-proxy';
/** Annotation with the claim a proxy serves; a claim's name may be too long for a label. */
export const CLAIM_ANNOTATION = 'collabnet.dev/source-claim';

/** One data proxy, as the objects below need it. */
export interface ProxyPlan {
  readonly claimName: string;
  readonly namespace: string;
  readonly config: OperatorConfig;
  /** All assets of the claim: each is an owner, so the objects go with the last of them. */
  readonly owners: readonly DataAsset[];
}

export function proxyLabels(names: DataProxyNames): Record<string, string> {
  return { ...OPERATOR_LABELS, 'app.kubernetes.io/component': PROXY_COMPONENT, [PROXY_LABEL]: names.name };
}

/** Owner references without a controller: the assets of a claim share its proxy. */
export function ownersOf(assets: readonly DataAsset[]): NonNullable<KubeObject['metadata']['ownerReferences']> {
  return assets
    .filter(({ metadata }) => metadata.uid !== undefined)
    .map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: false, blockOwnerDeletion: false }))
    .sort((a, b) => (a.uid < b.uid ? -1 : 1));
}

export function proxyService(plan: ProxyPlan): KubeObject {
  const names = dataProxyOf(plan.claimName, plan.namespace);
  const object = {
    metadata: { name: names.name, labels: proxyLabels(names), ownerReferences: ownersOf(plan.owners) },
    spec: {
      selector: { 'app.kubernetes.io/component': PROXY_COMPONENT, [PROXY_LABEL]: names.name },
      ports: [{ name: 'https', port: names.port, targetPort: 'https' }],
    },
  };
  return object;
}

/** The record of reads. Nobody owns it: it must outlive the assets it is about. */
export function proxyAuditClaim(plan: ProxyPlan): KubeObject {
  const names = dataProxyOf(plan.claimName, plan.namespace);
  const { size, storageClassName } = plan.config.dataProxy.auditStorage;
  const object = {
    metadata: { name: names.auditClaim, labels: proxyLabels(names), annotations: { [CLAIM_ANNOTATION]: plan.claimName } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClassName === '' ? {} : { storageClassName }),
      resources: { requests: { storage: size } },
    },
  };
  return object;
}

export function proxyDeployment(plan: ProxyPlan): KubeObject {
  const names = dataProxyOf(plan.claimName, plan.namespace);
  const labels = proxyLabels(names);
  const object = {
    metadata: { name: names.name, labels, annotations: { [CLAIM_ANNOTATION]: plan.claimName }, ownerReferences: ownersOf(plan.owners) },
    spec: {
      replicas: 1,
      // Two at a time would write one record of reads, and accept a capability twice.
      strategy: { type: 'Recreate' },
      revisionHistoryLimit: 1,
      selector: { matchLabels: { 'app.kubernetes.io/component': PROXY_COMPONENT, [PROXY_LABEL]: names.name } },
      template: { metadata: { labels }, spec: podSpec(plan, names) },
    },
  };
  return object;
}

function podSpec({ claimName, config }: ProxyPlan, names: DataProxyNames): object {
  const environment = [{ name: 'LEDGER_CACHE', value: LEDGER_CACHE_MOUNT }, ...telemetryEnvironment(config)];
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 20,
    ...imagePullSecrets(config),
    securityContext: podSecurity(),
    containers: [
      {
        name: PROXY_COMPONENT,
        image: config.images.node,
        imagePullPolicy: config.images.pullPolicy,
        args: ['/app/services/data-proxy/dist/main.js'],
        env: environment,
        ports: [
          { name: 'https', containerPort: names.port },
          { name: 'health', containerPort: 8081 },
        ],
        volumeMounts: [
          { name: 'config', mountPath: PROXY_MOUNT, readOnly: true },
          { name: 'source', mountPath: SOURCE_MOUNT, readOnly: true },
          { name: 'state', mountPath: PROXY_STATE },
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'ledger-cache', mountPath: LEDGER_CACHE_MOUNT },
        ],
        startupProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 1, failureThreshold: 60 },
        readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 5, timeoutSeconds: 5 },
        livenessProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
        // The last words of a process that cannot start are the most precise reason there is.
        terminationMessagePolicy: 'FallbackToLogsOnError',
        resources: config.dataProxy.resources,
        securityContext: containerSecurity(),
      },
    ],
    volumes: [
      { name: 'config', secret: { secretName: names.name, defaultMode: 0o440 } },
      // Read-only as a volume too: then the kubelet leaves owner and mode of the institution's files alone.
      { name: 'source', persistentVolumeClaim: { claimName, readOnly: true } },
      { name: 'state', persistentVolumeClaim: { claimName: names.auditClaim } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
      // The verified copy of the ledgers: kept over restarts of the container, made anew in another pod.
      { name: 'ledger-cache', emptyDir: { sizeLimit: config.ledgerCache } },
    ],
  };
}
