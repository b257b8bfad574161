import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeConfigMap, nodeConfiguration } from './node-config.ts';
import { materialSecret, startDigest } from './node-material.ts';
import { nodeService, roleDisruptionBudget } from './node-service.ts';
import { MOUNTS, nodeName } from './node-plan.ts';
import { nodeStatefulSet, START_DIGEST_ANNOTATION } from './node-workload.ts';
import { testNode } from './testing.ts';

interface Container {
  command: string[];
  env: { name: string; value: string }[];
  ports: { name: string; containerPort: number }[];
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}
interface Volume {
  name: string;
  secret?: { secretName: string; items: { key: string; path: string }[] };
  configMap?: { name: string };
}
interface StatefulSet {
  metadata: { name: string };
  spec: {
    replicas: number;
    serviceName: string;
    selector: { matchLabels: Record<string, string> };
    persistentVolumeClaimRetentionPolicy: object;
    template: { metadata: { labels: Record<string, string>; annotations: Record<string, string> }; spec: { containers: [Container]; volumes: Volume[]; affinity: object } };
    volumeClaimTemplates: { metadata: { name: string }; spec: { storageClassName?: string; resources: object } }[];
  };
}
const workload = (plan = testNode('peer')): StatefulSet => nodeStatefulSet(plan) as unknown as StatefulSet;

describe('a Fabric node', () => {
  it('reads its identity from the Secret as the folders that were put in', () => {
    const plan = testNode('peer');
    const values = materialSecret(plan.material);
    assert.ok(Object.keys(values).every((key) => /^[-._a-zA-Z0-9]+$/.test(key)), 'keys that a Secret takes');
    const volumes = workload(plan).spec.template.spec.volumes;
    const folder = (name: string): Record<string, string | undefined> =>
      Object.fromEntries((volumes.find((volume) => volume.name === name)?.secret?.items ?? []).map(({ key, path }) => [path, values[key]]));
    assert.deepEqual(folder('msp'), plan.material.msp);
    assert.deepEqual(folder('tls'), plan.material.tls);
    assert.ok(volumes.filter(({ secret }) => secret).every(({ secret }) => secret?.secretName === nodeName(plan)));
  });

  it('finds every path of its configuration below a mount, and writes only to its volume', () => {
    for (const role of ['peer', 'orderer'] as const) {
      const plan = testNode(role);
      const [container] = workload(plan).spec.template.spec.containers;
      const { file, content } = nodeConfiguration(plan);
      const paths = [...content.matchAll(/"(\/(?:etc|var)\/[^"]+)"/g)].map(([, path]) => path ?? '');
      assert.ok(paths.length >= 5, role);
      for (const path of paths) assert.ok(container.volumeMounts.some(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`)), `${role}: ${path}`);
      assert.deepEqual(container.volumeMounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath), [MOUNTS.data, '/tmp']);
      assert.deepEqual(nodeConfigMap(plan).data, { [file]: content });
      assert.equal(container.env.find(({ name }) => name === 'FABRIC_CFG_PATH')?.value, MOUNTS.config);
    }
  });

  it('listens on the ports that its container, its Service and its probes name', () => {
    const peer = JSON.parse(nodeConfiguration(testNode('peer')).content) as { peer: { listenAddress: string; gossip: { externalEndpoint: string } }; operations: { listenAddress: string } };
    assert.deepEqual([peer.peer.listenAddress, peer.operations.listenAddress], ['0.0.0.0:7051', '0.0.0.0:8081']);
    assert.equal(peer.peer.gossip.externalEndpoint, 'fabric-demo-peer-0.bank.svc:7443');
    const orderer = JSON.parse(nodeConfiguration(testNode('orderer')).content) as { General: { ListenPort: number; BootstrapMethod: string }; Admin: { ListenAddress: string; TLS: { ClientAuthRequired: boolean } } };
    assert.deepEqual([orderer.General.ListenPort, orderer.Admin.ListenAddress, orderer.Admin.TLS.ClientAuthRequired, orderer.General.BootstrapMethod], [7050, '0.0.0.0:7053', true, 'none']);
    for (const role of ['peer', 'orderer'] as const) {
      const plan = testNode(role);
      const names = workload(plan).spec.template.spec.containers[0].ports.map(({ name }) => name);
      const service = nodeService(plan) as unknown as { spec: { selector: Record<string, string>; ports: { port: number; targetPort: string }[] } };
      assert.ok(service.spec.ports.every(({ targetPort }) => names.includes(targetPort)));
      assert.equal(service.spec.ports[0]?.port, plan.address.port);
      const { labels } = workload(plan).spec.template.metadata;
      for (const [key, value] of Object.entries(service.spec.selector)) assert.equal(labels[key], value);
    }
  });

  it('restarts for a new certificate or configuration, and for nothing else', () => {
    const digest = (plan = testNode('orderer')): string | undefined => workload(plan).spec.template.metadata.annotations[START_DIGEST_ANNOTATION];
    const { material } = testNode('orderer');
    assert.equal(digest(), digest());
    assert.notEqual(digest(testNode('orderer', { material: { ...material, tls: { ...material.tls, 'tls.crt': 'renewed' } } })), digest());
    assert.notEqual(digest(testNode('orderer', { material: { ...material, msp: { ...material.msp, 'signcerts/cert.pem': 'renewed' } } })), digest());
    assert.notEqual(digest(testNode('orderer', { mspId: 'Other' })), digest());
    assert.equal(digest(testNode('orderer', { storage: { size: '2Gi' } })), digest());
    const turned = Object.fromEntries(Object.entries(material.msp).reverse());
    assert.equal(startDigest({ ...material, msp: turned }, ''), startDigest(material, ''));
  });

  it('is one pod with a volume that outlives it, apart from its like', () => {
    const { spec, metadata } = workload(testNode('orderer', { ordinal: 2, storage: { size: '5Gi', storageClassName: 'fast' } }));
    assert.equal(metadata.name, 'fabric-demo-orderer-2');
    assert.equal(spec.replicas, 1);
    assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, { whenDeleted: 'Retain', whenScaled: 'Retain' });
    assert.equal(spec.volumeClaimTemplates[0]?.spec.storageClassName, 'fast');
    const affinity = JSON.stringify(spec.template.spec.affinity);
    assert.match(affinity, /"app.kubernetes.io\/component":"fabric-orderer"/);
    assert.doesNotMatch(affinity, /fabric-node/, 'apart from all orderers, not from itself alone');
    assert.notDeepEqual(spec.selector.matchLabels, workload(testNode('orderer')).spec.selector.matchLabels);
  });

  it('that is backed up writes snapshots to a volume of their own, which its keeper clears', () => {
    const plan = testNode('peer', { snapshots: { claim: 'fabric-demo-snapshots', keep: 3 } });
    const { containers, volumes } = workload(plan).spec.template.spec;
    const [peer, keeper] = containers as unknown as [Container, Container];
    const { ledger } = JSON.parse(nodeConfiguration(plan).content) as { ledger: { snapshots: { rootDir: string } } };
    for (const { volumeMounts } of [peer, keeper]) assert.ok(volumeMounts.some(({ name, mountPath }) => name === 'snapshots' && mountPath === ledger.snapshots.rootDir));
    assert.deepEqual(volumes.find(({ name }) => name === 'snapshots'), { name: 'snapshots', persistentVolumeClaim: { claimName: 'fabric-demo-snapshots' } });
    assert.deepEqual(Object.fromEntries(keeper.env.map(({ name, value }) => [name, value])), { SNAPSHOTS_DIR: ledger.snapshots.rootDir, KEEP: '3', HEALTH_PORT: '8083' });
    const { ports } = (nodeService(plan) as unknown as { spec: { ports: { name: string; port: number }[] } }).spec;
    assert.deepEqual(ports.at(-1), { name: 'snapshots', port: 8083, targetPort: 'snapshots' });
    assert.equal(workload(testNode('peer')).spec.template.spec.containers.length, 1);
  });

  it('has a disruption budget as soon as there are two', () => {
    assert.equal(roleDisruptionBudget(testNode('orderer'), 1), undefined);
    const budget = roleDisruptionBudget(testNode('orderer'), 3) as unknown as { spec: { maxUnavailable: number; selector: { matchLabels: Record<string, string> } } };
    assert.equal(budget.spec.maxUnavailable, 1);
    for (const ordinal of [0, 1, 2]) {
      const { labels } = workload(testNode('orderer', { ordinal })).spec.template.metadata;
      for (const [key, value] of Object.entries(budget.spec.selector.matchLabels)) assert.equal(labels[key], value);
    }
  });
});
