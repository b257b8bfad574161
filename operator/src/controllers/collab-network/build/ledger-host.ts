import type { CollabNetwork } from '@collabnet/crds';
import type { KubeObject } from '../../../runtime/index.ts';
import type { OperatorConfig } from '../../../institution/config.ts';
import { OPERATOR_LABELS } from '../../../institution/secret-store.ts';
import { containerSecurity, imagePullSecrets, podSecurity } from '../../../institution/pod-security.ts';
import { telemetryEnvironment } from '../../../institution/telemetry-environment.ts';

/** Names of a founder's ledger objects. `secret` is the seed of the network and outlives the CollabNetwork. */
export function ledgerNames(network: CollabNetwork): { workload: string; secret: string; hostSecret: string } {
  const name = network.metadata.name;
  return { workload: `ledger-${name}`, secret: `ledger-${name}-genesis`, hostSecret: `ledger-${name}` };
}

/** StatefulSet of the embedded ledger: one writer, one volume. */
export function ledgerStatefulSet(network: CollabNetwork, config: OperatorConfig, hubClientUrl: string): KubeObject {
  const names = ledgerNames(network);
  const labels = { ...OPERATOR_LABELS, 'app.kubernetes.io/component': 'embedded-ledger', 'collabnet.dev/network': network.metadata.name };
  const storage = network.spec.founding?.ledgerStorage ?? { size: '1Gi' };
  const object = {
    metadata: { name: names.workload, labels },
    spec: {
      // The host of a SQLite file must be alone: a StatefulSet never runs two pods of one ordinal.
      replicas: 1,
      serviceName: names.workload,
      // Parallel: a pod that cannot start is replaced once its cause is mended.
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { 'app.kubernetes.io/component': 'embedded-ledger', 'collabnet.dev/network': network.metadata.name } },
      template: { metadata: { labels }, spec: podSpec(names, config, hubClientUrl) },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            ...(storage.storageClassName === undefined ? {} : { storageClassName: storage.storageClassName }),
            resources: { requests: { storage: storage.size } },
          },
        },
      ],
    },
  };
  return object;
}

function podSpec(names: ReturnType<typeof ledgerNames>, config: OperatorConfig, hubClientUrl: string): object {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    ...imagePullSecrets(config),
    securityContext: podSecurity(),
    containers: [
      {
        name: 'ledger',
        image: config.images.node,
        imagePullPolicy: config.images.pullPolicy,
        args: ['/app/services/embedded-ledger/dist/main.js'],
        env: [
          { name: 'NATS_URL', value: hubClientUrl },
          { name: 'NATS_CA_FILE', value: '/etc/ledger/hub-ca.crt' },
          ...telemetryEnvironment(config),
        ],
        ports: [{ name: 'health', containerPort: 8081 }],
        volumeMounts: [
          { name: 'config', mountPath: '/etc/ledger', readOnly: true },
          { name: 'data', mountPath: '/var/lib/ledger' },
          { name: 'tmp', mountPath: '/tmp' },
        ],
        startupProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 1, failureThreshold: 120 },
        readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 5 },
        livenessProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 10, failureThreshold: 6 },
        resources: { requests: { cpu: '20m', memory: '96Mi' }, limits: { memory: '512Mi' } },
        securityContext: containerSecurity(),
      },
    ],
    volumes: [
      { name: 'config', secret: { secretName: names.hostSecret, defaultMode: 0o440 } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
    ],
  };
}
