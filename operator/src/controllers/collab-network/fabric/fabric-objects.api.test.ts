import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CORE, type KubeClient, type KubeObject, type ResourceType } from '../../../runtime/index.ts';
import { TestApiServer } from '../../../testing/index.ts';
import { chaincodeDeployment, chaincodeService } from './chaincode-workload.ts';
import { nodeConfigMap } from './node-config.ts';
import { materialSecret } from './node-material.ts';
import { nodeService, roleDisruptionBudget } from './node-service.ts';
import { nodeName } from './node-plan.ts';
import { nodeStatefulSet } from './node-workload.ts';
import { testChaincode, testNode } from './testing.ts';

let server: TestApiServer;
let client: KubeClient;

before(async () => {
  server = await TestApiServer.start();
  const namespace = 'bank';
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await server.client.create(CORE.namespace, { metadata: { name: namespace, labels } });
  client = server.connect({ namespace });
});
after(() => server?.stop());

const objects = (): [ResourceType, KubeObject][] => {
  const nodes = (['peer', 'orderer'] as const).flatMap((role): [ResourceType, KubeObject][] => {
    const plan = testNode(role);
    const data = Object.fromEntries(Object.entries(materialSecret(plan.material)).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
    return [
      [CORE.secret, { metadata: { name: nodeName(plan) }, data } as KubeObject],
      [CORE.configMap, nodeConfigMap(plan)],
      [CORE.service, nodeService(plan)],
      [CORE.statefulSet, nodeStatefulSet(plan)],
      [CORE.podDisruptionBudget, roleDisruptionBudget(plan, 3) as KubeObject],
    ];
  });
  const backedUp = testNode('peer', { ordinal: 1, snapshots: { claim: 'fabric-demo-snapshots', keep: 3 } });
  return [...nodes, [CORE.service, nodeService(backedUp)], [CORE.statefulSet, nodeStatefulSet(backedUp)], [CORE.service, chaincodeService(testChaincode())], [CORE.deployment, chaincodeDeployment(testChaincode())]];
};

test('the API server takes every object as it is, and drops no field', async () => {
  for (const [type, object] of objects()) {
    const stored = await client.create(type, object);
    const where = `${type.kind} ${object.metadata.name}`;
    contains(stored, object, where);
  }
});

test('Pod Security restricted admits the pods', async () => {
  for (const [type, object] of objects().filter(([{ kind }]) => kind === 'StatefulSet' || kind === 'Deployment')) {
    const { template } = (object as unknown as { spec: { template: { metadata: object; spec: { volumes: object[]; containers: { volumeMounts: { name: string }[] }[] } } } }).spec;
    // The controller would add the claim of the template.
    const volumes = type.kind === 'StatefulSet' ? [...template.spec.volumes, { name: 'data', persistentVolumeClaim: { claimName: 'data' } }] : template.spec.volumes;
    await client.create(CORE.pod, { metadata: { ...template.metadata, name: object.metadata.name }, spec: { ...template.spec, volumes } } as unknown as KubeObject);
  }
});

/** Whatever was sent is there again; the server may add defaults. */
function contains(actual: unknown, expected: unknown, where: string): void {
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual) && actual.length === expected.length, where);
    expected.forEach((each, index) => contains(actual[index], each, `${where}[${index}]`));
  } else if (typeof expected === 'object' && expected !== null) {
    assert.ok(typeof actual === 'object' && actual !== null, `${where} was dropped`);
    for (const [key, value] of Object.entries(expected)) contains((actual as Record<string, unknown>)[key], value, `${where}.${key}`);
  } else {
    assert.equal(actual, expected, where);
  }
}
