import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestApiServer } from '../testing/index.ts';
import { Applier } from './apply.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject, ResourceType } from './kube-types.ts';
import { CORE } from './resource-types.ts';

const LABELS = { app: 'test' };
const OBJECTS: readonly (readonly [ResourceType, KubeObject & Record<string, unknown>])[] = [
  [
    CORE.statefulSet,
    {
      metadata: { name: 'node', labels: LABELS },
      spec: {
        replicas: 1,
        serviceName: '',
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS },
          spec: {
            automountServiceAccountToken: false,
            containers: [{ name: 'main', image: 'image:1', args: [], env: [{ name: 'A', value: 'a' }], ports: [{ containerPort: 80 }], securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
            volumes: [{ name: 'work', emptyDir: {} }],
          },
        },
      },
    },
  ],
  [CORE.service, { metadata: { name: 'node', labels: LABELS }, spec: { selector: LABELS, ports: [{ name: 'grpc', port: 80, targetPort: 'grpc' }, { name: 'health', port: 81 }] } }],
  [CORE.configMap, { metadata: { name: 'node', annotations: { why: 'test' } }, data: { file: 'text' } }],
  [CORE.secret, { metadata: { name: 'node' }, data: { key: 'AA==' } }],
];

describe('Applier', () => {
  let server: TestApiServer;
  let client: KubeClient;
  before(async () => {
    server = await TestApiServer.start();
    client = server.connect({ namespace: await server.namespace() });
  });
  after(() => server.stop());

  it('sends nothing while the live object is what it applied', async () => {
    for (const [type, object] of OBJECTS) {
      const applier = new Applier(client);
      assert.equal((await applier.apply(type, object)).changed, true, type.kind);
      const { resourceVersion } = (await client.get(type, 'node')).metadata;
      assert.equal((await applier.apply(type, object)).changed, false, type.kind);
      assert.equal((await client.get(type, 'node')).metadata.resourceVersion, resourceVersion, type.kind);
    }
  });

  it('takes back what somebody else has changed or removed, and leaves alone what somebody has added', async () => {
    const applier = new Applier(client);
    const cases: readonly (readonly [number, object, (live: never) => unknown, unknown])[] = [
      [0, { spec: { replicas: 0 } }, (live: { spec: { replicas: number } }) => live.spec.replicas, 1],
      [0, { spec: { template: { spec: { containers: [{ name: 'main', image: 'other' }] } } } }, (live: { spec: { template: { spec: { containers: { image: string }[] } } } }) => live.spec.template.spec.containers[0]?.image, 'image:1'],
      [1, { spec: { selector: { app: 'other' } } }, (live: { spec: { selector: object } }) => live.spec.selector, LABELS],
      [2, { metadata: { annotations: { why: null } } }, (live: KubeObject) => live.metadata.annotations?.['why'], 'test'],
      [3, { data: { key: 'AQ==' } }, (live: { data: { key: string } }) => live.data.key, 'AA=='],
    ];
    for (const [index, change, read, expected] of cases) {
      const [type, object] = OBJECTS[index] ?? assert.fail();
      await client.patch(type, 'node', change, { strategy: index < 2 ? 'strategic' : 'merge' });
      const { changed, object: after } = await applier.apply(type, object);
      assert.deepEqual([changed, read(after as never)], [true, expected], `${type.kind} ${JSON.stringify(change)}`);
      assert.equal((await applier.apply(type, object)).changed, false, 'and is at rest again');
    }
    await client.patch(CORE.configMap, 'node', { metadata: { labels: { added: 'by-somebody' } }, data: { more: 'text' } }, { strategy: 'merge' });
    const [type, object] = OBJECTS[2] ?? assert.fail();
    assert.equal((await applier.apply(type, object)).changed, false);
  });
});
