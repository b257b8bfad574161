import { containerSecurity } from '../../../institution/pod-security.ts';
import { OPERATOR_LABELS } from '../../../institution/secret-store.ts';
import type { KubeObject } from '../../../runtime/index.ts';
import type { FabricRun } from './fabric-run.ts';
import { MOUNTS, PORTS, roleSelector, type FabricNodePlan, type NodeKey, type SnapshotPlan } from './node-plan.ts';

const VOLUME = 'snapshots';

/** Only the first peer has its ledger backed up: a volume of the usual kind is mounted on one machine. */
export function isSnapshotPeer({ role, ordinal }: NodeKey): boolean {
  return role === 'peer' && ordinal === 0;
}

/** The peer whose ledger is backed up. */
export function snapshotPeer({ peer, peers }: FabricRun): NodeKey {
  return peers.find(isSnapshotPeer) ?? peer;
}

/** What the spec asks for, as the peer's plan needs it. */
export function snapshotPlan({ run, names, snapshotClaimRefused }: FabricRun): { snapshots?: SnapshotPlan } {
  const wanted = run.network.spec.ledger.fabric?.snapshots;
  // A peer that mounts a claim which is not there does not start.
  return wanted === undefined || snapshotClaimRefused?.exists === false ? {} : { snapshots: { claim: names.snapshots, keep: wanted.keep } };
}

/**
 * Claim of the volume with the snapshots: apart from the peer's, so that it can be on other disks, be copied and outlive
 * the peer's volume. Undefined when the spec asks for none.
 */
export function snapshotClaim({ run: { network }, names }: FabricRun): KubeObject | undefined {
  const wanted = network.spec.ledger.fabric?.snapshots;
  if (wanted === undefined) return undefined;
  const { size, storageClassName } = wanted.storage;
  const object = {
    metadata: { name: names.snapshots, labels: { ...OPERATOR_LABELS, ...roleSelector({ network, role: 'peer' }) } },
    spec: { accessModes: ['ReadWriteOnce'], ...(storageClassName !== undefined && { storageClassName }), resources: { requests: { storage: size } } },
  };
  return object;
}

export function snapshotVolumes({ snapshots }: Pick<FabricNodePlan, 'snapshots'>): object[] {
  return snapshots === undefined ? [] : [{ name: VOLUME, persistentVolumeClaim: { claimName: snapshots.claim } }];
}

export function snapshotMounts({ snapshots }: Pick<FabricNodePlan, 'snapshots'>): object[] {
  return snapshots === undefined ? [] : [{ name: VOLUME, mountPath: MOUNTS.snapshots }];
}

/** Checks and counts the snapshots and deletes the oldest: a peer writes them and never looks at them again. */
export function snapshotKeeper({ snapshots, config }: Pick<FabricNodePlan, 'snapshots' | 'config'>): object[] {
  if (snapshots === undefined) return [];
  return [
    {
      name: 'snapshot-keeper',
      image: config.images.node,
      imagePullPolicy: config.images.pullPolicy,
      args: ['/app/services/snapshot-keeper/dist/main.js'],
      env: [
        { name: 'SNAPSHOTS_DIR', value: MOUNTS.snapshots },
        { name: 'KEEP', value: String(snapshots.keep) },
        { name: 'HEALTH_PORT', value: String(PORTS.snapshots) },
      ],
      ports: [{ name: 'snapshots', containerPort: PORTS.snapshots }],
      volumeMounts: snapshotMounts({ snapshots }),
      // No readiness: without it the peer serves all the same.
      livenessProbe: { httpGet: { path: '/healthz', port: 'snapshots' }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
      terminationMessagePolicy: 'FallbackToLogsOnError',
      resources: { requests: { cpu: '5m', memory: '48Mi' }, limits: { memory: '128Mi' } },
      securityContext: containerSecurity(),
    },
  ];
}
