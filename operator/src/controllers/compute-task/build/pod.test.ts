import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testConfig } from '../testing/bank.ts';
import { DID_A } from '../testing/fixtures.ts';
import { computePod } from './pod.ts';

interface Container {
  name: string;
  image: string;
  restartPolicy?: string;
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
  securityContext: Record<string, unknown>;
  env?: unknown;
  envFrom?: unknown;
}
interface PodSpec {
  initContainers: Container[];
  containers: Container[];
  volumes: { name: string; secret?: { secretName: string }; emptyDir?: { sizeLimit?: string; medium?: string } }[];
  securityContext: Record<string, unknown>;
  [field: string]: unknown;
}

const id = { flowId: 'f'.repeat(64), step: 'match', attempt: 2 };
const make = (changes: { trustedHost?: { simulated: boolean }; config?: ReturnType<typeof testConfig> } = {}): { metadata: { name: string; labels: Record<string, string>; annotations: Record<string, string>; finalizers?: unknown }; spec: PodSpec } =>
  computePod({ priority: 'High', proposer: DID_A, id, network: 'net', config: testConfig(), engineImage: testConfig().images.engineSpu, hostAliases: [{ ip: '10.0.0.9', hostnames: ['nats'] }], activeDeadlineSeconds: 3660, natsUser: 'UABC', ...changes }) as never;

test('the pod is restricted, has no token, no name server and no finalizer, and runs once', () => {
  const { metadata, spec } = make();
  assert.equal(metadata.name, 'ct-ffffffffff-match-2');
  assert.equal(metadata.finalizers, undefined);
  assert.equal(spec['automountServiceAccountToken'], false);
  assert.equal(spec['serviceAccountName'], undefined);
  assert.equal(spec['enableServiceLinks'], false);
  assert.equal(spec['restartPolicy'], 'Never');
  assert.equal(spec['dnsPolicy'], 'None');
  assert.deepEqual((spec['dnsConfig'] as { nameservers: string[] }).nameservers, ['127.0.0.1']);
  assert.equal(spec['activeDeadlineSeconds'], 3660);
  for (const shared of ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace']) assert.equal(spec[shared], undefined);
  assert.equal(spec.securityContext['runAsNonRoot'], true);
  assert.deepEqual(spec.securityContext['seccompProfile'], { type: 'RuntimeDefault' });
  for (const { securityContext } of [...spec.initContainers, ...spec.containers]) {
    assert.deepEqual(securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  }
});

test('only the courier has the secret; the engine has the scratch volume and no environment', () => {
  const { spec } = make();
  const [courier] = spec.initContainers;
  const [engine] = spec.containers;
  assert.equal(courier?.name, 'courier');
  assert.equal(courier?.restartPolicy, 'Always');
  assert.ok(courier?.volumeMounts.some(({ name, mountPath, readOnly }) => name === 'job' && mountPath === '/etc/courier' && readOnly === true));
  assert.deepEqual(engine?.volumeMounts, [{ name: 'work', mountPath: '/work' }]);
  assert.equal(engine?.env, undefined);
  assert.equal(engine?.envFrom, undefined);
  assert.deepEqual(spec.volumes.filter(({ secret }) => secret !== undefined).map(({ secret }) => secret?.secretName), ['ct-ffffffffff-match-2']);
  for (const { emptyDir } of spec.volumes) if (emptyDir !== undefined) assert.ok(emptyDir.sizeLimit, 'every scratch volume is sized');
});

test('labels fit their limit and the whole flow id stands in an annotation', () => {
  const { metadata } = make();
  for (const value of Object.values(metadata.labels)) assert.ok(value.length <= 63, value);
  assert.equal(metadata.annotations['collabnet.dev/flow'], id.flowId);
  assert.equal(metadata.annotations['collabnet.dev/nats-user'], 'UABC');
});

test('the PriorityClass of the administrator goes with the priority of the task, and none where he names none', () => {
  const options = { id, network: 'net', engineImage: 'engine:1', hostAliases: [], activeDeadlineSeconds: 60, natsUser: 'UABC' };
  const classOf = (priority: 'High' | 'Low', names: Record<string, string>): unknown => {
    const config = testConfig();
    const named = { ...config, compute: { ...config.compute, priorityClassNames: { ...config.compute.priorityClassNames, ...names } } };
    return (computePod({ proposer: DID_A, ...options, config: named, priority }) as unknown as { spec: PodSpec }).spec['priorityClassName'];
  };
  assert.deepEqual([classOf('High', {}), classOf('High', { High: 'urgent' }), classOf('Low', { High: 'urgent' })], [undefined, 'urgent', undefined]);
});

test('a trusted execution environment is a RuntimeClass; the simulator is a container beside the courier, and neither is there unasked', () => {
  const config = testConfig();
  const trusted = { ...config, compute: { ...config.compute, trustedExecution: { ...config.compute.trustedExecution, runtimeClassName: 'kata-qemu-tdx' } } };
  const names = ({ spec }: { spec: PodSpec }): string[] => spec.initContainers.map(({ name }) => name);
  const [plain, real, simulated] = [make({ config: trusted }), make({ config: trusted, trustedHost: { simulated: false } }), make({ config: trusted, trustedHost: { simulated: true } })];
  assert.deepEqual([plain, real, simulated].map(({ spec }) => spec['runtimeClassName']), [undefined, 'kata-qemu-tdx', undefined]);
  assert.deepEqual([plain, real, simulated].map(names), [['courier'], ['courier'], ['attestation-simulator', 'courier']]);
  const [simulator] = simulated.spec.initContainers;
  assert.equal(simulator?.volumeMounts, undefined);
  assert.equal(simulator?.restartPolicy, 'Always');
  assert.equal((simulator?.securityContext as { readOnlyRootFilesystem?: boolean }).readOnlyRootFilesystem, true);
});
