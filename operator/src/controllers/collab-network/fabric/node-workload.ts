import type { KubeObject } from '../../../runtime/index.ts';
import { containerSecurity, imagePullSecrets, podSecurity } from '../../../institution/pod-security.ts';
import { nodeConfiguration } from './node-config.ts';
import { materialVolumes, startDigest } from './node-material.ts';
import { snapshotKeeper, snapshotMounts, snapshotVolumes } from './snapshot-volume.ts';
import { MOUNTS, nodeLabels, nodeName, nodeSelector, PORTS, roleSelector, type FabricNodePlan, type FabricRole } from './node-plan.ts';

/** Annotation of a pod with the digest of what its node read when it started. */
export const START_DIGEST_ANNOTATION = 'collabnet.dev/fabric-start-digest';

const COMMANDS: Readonly<Record<FabricRole, readonly string[]>> = {
  peer: ['/usr/local/bin/peer', 'node', 'start'],
  orderer: ['/usr/local/bin/orderer'],
};

/**
 * StatefulSet of one node: never two pods on one ledger, and a volume that outlives the pod. Its Secret and ConfigMap
 * have its name. Of several orderers only one at a time may be given a new digest, or they restart together.
 */
export function nodeStatefulSet(plan: FabricNodePlan): KubeObject {
  const labels = nodeLabels(plan);
  const object = {
    metadata: { name: nodeName(plan), labels },
    spec: {
      replicas: 1,
      serviceName: nodeName(plan),
      // Parallel: a pod that cannot start is replaced once its cause is mended.
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: nodeSelector(plan) },
      // A ledger is not thrown away with the resource that described its node.
      persistentVolumeClaimRetentionPolicy: { whenDeleted: plan.keepsVolume ? 'Retain' : 'Delete', whenScaled: 'Retain' },
      template: {
        metadata: { labels, annotations: { [START_DIGEST_ANNOTATION]: startDigest(plan.material, nodeConfiguration(plan).content) } },
        spec: podSpec(plan),
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data', labels: nodeSelector(plan) },
          spec: {
            accessModes: ['ReadWriteOnce'],
            ...(plan.storage.storageClassName === undefined ? {} : { storageClassName: plan.storage.storageClassName }),
            resources: { requests: { storage: plan.storage.size } },
          },
        },
      ],
    },
  };
  return object;
}

function podSpec(plan: FabricNodePlan): object {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // A peer closes its databases, an orderer its log.
    terminationGracePeriodSeconds: 60,
    ...imagePullSecrets(plan.config),
    securityContext: podSecurity(),
    affinity: apart(plan),
    containers: [container(plan), ...snapshotKeeper(plan)],
    volumes: [
      { name: 'config', configMap: { name: nodeName(plan), defaultMode: 0o440 } },
      ...materialVolumes(nodeName(plan), plan.material),
      // Where a peer unpacks chaincode packages.
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
      ...snapshotVolumes(plan),
    ],
  };
}

/** Prefers another machine for each node of a role; on a cluster of one machine they still start. */
function apart(plan: FabricNodePlan): object {
  const term = { labelSelector: { matchLabels: roleSelector(plan) }, topologyKey: 'kubernetes.io/hostname' };
  return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] } };
}

function container(plan: FabricNodePlan): object {
  const { role } = plan;
  return {
    name: role,
    image: plan.image,
    imagePullPolicy: plan.config.images.pullPolicy,
    command: COMMANDS[role],
    env: [
      { name: 'FABRIC_CFG_PATH', value: MOUNTS.config },
      { name: 'FABRIC_LOGGING_SPEC', value: 'info' },
      { name: 'FABRIC_LOGGING_FORMAT', value: 'json' },
    ],
    ports: [
      { name: 'grpc', containerPort: PORTS[role] },
      ...(role === 'orderer' ? [{ name: 'admin', containerPort: PORTS.admin }] : []),
      { name: 'health', containerPort: PORTS.health },
    ],
    volumeMounts: [
      { name: 'config', mountPath: MOUNTS.config, readOnly: true },
      { name: 'msp', mountPath: MOUNTS.msp, readOnly: true },
      { name: 'tls', mountPath: MOUNTS.tls, readOnly: true },
      { name: 'data', mountPath: MOUNTS.data },
      { name: 'tmp', mountPath: '/tmp' },
      ...snapshotMounts(plan),
    ],
    // After a crash a node may read its whole index anew before it listens.
    startupProbe: { tcpSocket: { port: 'grpc' }, periodSeconds: 1, failureThreshold: 900 },
    readinessProbe: { tcpSocket: { port: 'grpc' }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    resources: plan.resources,
    securityContext: containerSecurity(),
  };
}
