import type { CollabNetwork } from '@collabnet/crds';
import type { OperatorConfig } from '../../../institution/config.ts';
import { containerSecurity, imagePullSecrets, podSecurity } from '../../../institution/pod-security.ts';
import { OPERATOR_LABELS } from '../../../institution/secret-store.ts';
import type { KubeObject } from '../../../runtime/index.ts';
import { START_DIGEST_ANNOTATION } from './node-workload.ts';

/** The contracts in one version, run beside the institution's peers. */
export interface ChaincodePlan {
  readonly network: CollabNetwork;
  /** Network id, 64 hexadecimal digits. */
  readonly networkId: string;
  /** Such as `1.4.0-0a1b2c3d`: two run side by side while members move from one to the next. */
  readonly version: string;
  /** Id of the package on this institution's peers. */
  readonly packageId: string;
  readonly config: Pick<OperatorConfig, 'images'>;
  readonly replicas: number;
  readonly resources: object;
  /** Secret with `tls.crt`, `tls.key` and `ca.crt`, the authority of the peers' client certificates. */
  readonly tlsSecret: string;
  /** Digest of what the process reads only when it starts; another one restarts it. */
  readonly startDigest: string;
}

/** Where peers call the chaincode. */
export const CHAINCODE_PORT = 7052;
const TLS_MOUNT = '/etc/chaincode-tls';

/** Name of the workload, its Service and its TLS Secret, such as `fabric-demo-chaincode-1-4-0-0a1b2c3d`. */
export function chaincodeName({ network, version }: Pick<ChaincodePlan, 'network' | 'version'>): string {
  return `fabric-${network.metadata.name}-chaincode-${version.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}

/** Address that goes into the package. */
export function chaincodeAddress(plan: Pick<ChaincodePlan, 'network' | 'version'>, namespace: string): { host: string; port: number } {
  return { host: `${chaincodeName(plan)}.${namespace}.svc`, port: CHAINCODE_PORT };
}

function ofNetwork(network: CollabNetwork): Record<string, string> {
  return { 'app.kubernetes.io/component': 'fabric-chaincode', 'collabnet.dev/network': network.metadata.name };
}

function selector(plan: ChaincodePlan): Record<string, string> {
  return { ...ofNetwork(plan.network), 'app.kubernetes.io/instance': chaincodeName(plan) };
}

/** Fits the workloads of all versions in a network. */
export function chaincodeSelector(network: CollabNetwork): string {
  return Object.entries(ofNetwork(network)).map(([label, value]) => `${label}=${value}`).join(',');
}

/** Service of one version. */
export function chaincodeService(plan: ChaincodePlan): KubeObject {
  const object = {
    metadata: { name: chaincodeName(plan), labels: { ...OPERATOR_LABELS, ...selector(plan) } },
    spec: { selector: selector(plan), ports: [{ name: 'grpc', port: CHAINCODE_PORT, targetPort: 'grpc' }] },
  };
  return object;
}

/** Deployment of one version. It holds no state, so a new pod starts before the old one ends. */
export function chaincodeDeployment(plan: ChaincodePlan): KubeObject {
  const labels = { ...OPERATOR_LABELS, ...selector(plan) };
  const object = {
    metadata: { name: chaincodeName(plan), labels },
    spec: {
      replicas: plan.replicas,
      revisionHistoryLimit: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: selector(plan) },
      template: { metadata: { labels, annotations: { [START_DIGEST_ANNOTATION]: plan.startDigest } }, spec: podSpec(plan) },
    },
  };
  return object;
}

function podSpec(plan: ChaincodePlan): object {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    ...imagePullSecrets(plan.config),
    securityContext: podSecurity(),
    containers: [
      {
        name: 'chaincode',
        image: plan.config.images.node,
        imagePullPolicy: plan.config.images.pullPolicy,
        args: ['/app/services/chaincode/dist/main.js'],
        env: [
          { name: 'CHAINCODE_ID', value: plan.packageId },
          { name: 'CHAINCODE_SERVER_ADDRESS', value: `0.0.0.0:${CHAINCODE_PORT}` },
          { name: 'CHAINCODE_TLS_KEY', value: `${TLS_MOUNT}/tls.key` },
          { name: 'CHAINCODE_TLS_CERT', value: `${TLS_MOUNT}/tls.crt` },
          { name: 'CHAINCODE_CLIENT_CA', value: `${TLS_MOUNT}/ca.crt` },
          { name: 'NETWORK_ID', value: plan.networkId },
        ],
        ports: [
          { name: 'grpc', containerPort: CHAINCODE_PORT },
          { name: 'health', containerPort: 8081 },
        ],
        volumeMounts: [
          { name: 'tls', mountPath: TLS_MOUNT, readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
        startupProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 1, failureThreshold: 60 },
        readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 5 },
        livenessProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
        terminationMessagePolicy: 'FallbackToLogsOnError',
        resources: plan.resources,
        securityContext: containerSecurity(),
      },
    ],
    volumes: [
      { name: 'tls', secret: { secretName: plan.tlsSecret, defaultMode: 0o440 } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
    ],
  };
}
