import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testAsset, testConfig } from '../testing.ts';
import { proxyAuditClaim, proxyDeployment, proxyService, type ProxyPlan } from './data-proxy.ts';
import { dataProxyOf } from './names.ts';

interface Pod {
  automountServiceAccountToken: boolean;
  enableServiceLinks: boolean;
  securityContext: { runAsNonRoot: boolean; runAsUser: number; seccompProfile: { type: string } };
  containers: { securityContext: object; env?: object[]; volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[]; readinessProbe?: object; livenessProbe?: object; resources: object }[];
  volumes: { name: string; persistentVolumeClaim?: { claimName: string; readOnly?: boolean }; hostPath?: object }[];
}
interface Deployment {
  spec: { replicas: number; strategy: { type: string }; selector: { matchLabels: Record<string, string> }; template: { metadata: { labels: Record<string, string> }; spec: Pod } };
}

const plan: ProxyPlan = { claimName: 'source', namespace: 'bank', config: testConfig, owners: [testAsset('b'), testAsset('a')] };

test('the pod meets Pod Security restricted and can neither change the source nor speak to the API server', () => {
  const { spec } = proxyDeployment(plan) as unknown as Deployment;
  const pod = spec.template.spec;
  const [container] = pod.containers;
  assert.equal(pod.automountServiceAccountToken, false);
  assert.equal(pod.enableServiceLinks, false);
  assert.equal(pod.securityContext.runAsNonRoot, true);
  assert.notEqual(pod.securityContext.runAsUser, 0);
  assert.deepEqual(pod.securityContext.seccompProfile, { type: 'RuntimeDefault' });
  assert.deepEqual(container?.securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  const source = pod.volumes.find(({ name }) => name === 'source');
  assert.deepEqual(source?.persistentVolumeClaim, { claimName: 'source', readOnly: true });
  for (const name of ['source', 'config']) assert.equal(container?.volumeMounts.find((mount) => mount.name === name)?.readOnly, true, name);
  assert.ok(pod.volumes.every(({ hostPath }) => hostPath === undefined));
  assert.deepEqual(container?.env, [{ name: 'LEDGER_CACHE', value: '/var/cache/ledger' }]);
  assert.deepEqual(pod.volumes.find(({ name }) => name === 'ledger-cache'), { name: 'ledger-cache', emptyDir: { sizeLimit: '64Mi' } });
  assert.ok(container?.readinessProbe && container.livenessProbe);
  assert.deepEqual(container?.resources, testConfig.dataProxy.resources);
});

test('one pod at a time, found by the labels it has', () => {
  const { spec } = proxyDeployment(plan) as unknown as Deployment;
  assert.equal(spec.replicas, 1);
  assert.equal(spec.strategy.type, 'Recreate');
  const { labels } = spec.template.metadata;
  for (const [key, value] of Object.entries(spec.selector.matchLabels)) assert.equal(labels[key], value);
  const service = proxyService(plan) as unknown as { spec: { selector: Record<string, string> } };
  assert.deepEqual(service.spec.selector, spec.selector.matchLabels);
  assert.equal(labels['app.kubernetes.io/part-of'], 'collabnet');
  assert.equal(labels['app.kubernetes.io/component'], 'data-proxy');
});

test('every asset of the source owns the proxy, none controls it, and none blocks a deletion', () => {
  for (const object of [proxyDeployment(plan), proxyService(plan)]) {
    assert.deepEqual(object.metadata.ownerReferences?.map(({ name, controller, blockOwnerDeletion }) => ({ name, controller, blockOwnerDeletion })), [
      { name: 'a', controller: false, blockOwnerDeletion: false },
      { name: 'b', controller: false, blockOwnerDeletion: false },
    ]);
  }
  assert.equal(proxyAuditClaim(plan).metadata.ownerReferences, undefined, 'the record of reads outlives the assets');
});

test('names fit a Service however long the claim is, and differ between claims', () => {
  const long = dataProxyOf('c'.repeat(253), 'bank');
  assert.ok(long.name.length <= 63 && long.auditClaim.length <= 63);
  assert.notEqual(long.name, dataProxyOf('c'.repeat(252), 'bank').name);
  assert.equal(long.url, `https://${long.name}.bank.svc:8443`);
});
