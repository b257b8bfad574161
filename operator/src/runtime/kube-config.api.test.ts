import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TestApiServer } from '../testing/index.ts';
import { KubeClient } from './kube-client.ts';
import { loadConnection } from './kube-config.ts';
import type { KubeObject } from './kube-types.ts';
import { CORE } from './resource-types.ts';

let server: TestApiServer;
let directory: string;
before(async () => {
  server = await TestApiServer.start();
  directory = mkdtempSync(join(tmpdir(), 'collabnet-sa-'));
});
after(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

type Map = KubeObject & { data: Record<string, string> };

test('a kubeconfig is followed, by path and by KUBECONFIG', async () => {
  for (const options of [{ kubeconfig: server.kubeconfig, env: {} }, { env: { KUBECONFIG: server.kubeconfig } }]) {
    const client = await KubeClient.load(options);
    assert.equal(client.namespace, 'default');
    assert.equal((await client.get(CORE.namespace, 'default')).metadata.name, 'default');
    await client.close();
  }
  await assert.rejects(loadConnection({ kubeconfig: '/nowhere/config', env: {} }), { code: 'KUBE_CONFIG' });
});

test('in a pod the service account is used, and its token is read again when it changes', async () => {
  const connection = server.connection();
  const { headers, tls } = await connection.credentials();
  writeFileSync(join(directory, 'ca.crt'), tls.ca ?? '');
  writeFileSync(join(directory, 'namespace'), 'kube-public\n');
  writeFileSync(join(directory, 'token'), 'stale');
  const env = {
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String(server.port),
    COLLABNET_SERVICE_ACCOUNT_DIR: directory,
  };
  const client = await KubeClient.load({ env });
  assert.equal(client.namespace, 'kube-public');
  await assert.rejects(client.get(CORE.namespace, 'default'), { code: 'KUBE_UNAUTHORIZED' });
  writeFileSync(join(directory, 'token'), headers['authorization']?.slice('Bearer '.length) ?? '');
  assert.equal((await client.get(CORE.namespace, 'default')).metadata.name, 'default');
  await client.close();
  const empty = mkdtempSync(join(tmpdir(), 'collabnet-sa-'));
  cpSync(join(directory, 'ca.crt'), join(empty, 'ca.crt'));
  await assert.rejects(loadConnection({ env: { ...env, COLLABNET_SERVICE_ACCOUNT_DIR: empty } }), {
    code: 'KUBE_CONFIG',
  });
  rmSync(empty, { recursive: true });
});

test('every kind of call, and the code of every kind of refusal', async () => {
  const namespace = await server.namespace();
  const client = server.connect({ namespace });
  const created = await client.create<Map>(CORE.configMap, {
    metadata: { name: 'm', labels: { a: 'b' } },
    data: { x: '1' },
  });
  assert.equal(created.metadata.namespace, namespace);
  await assert.rejects(client.create(CORE.configMap, { metadata: { name: 'm' } }), { code: 'KUBE_ALREADY_EXISTS' });
  await assert.rejects(client.create(CORE.configMap, { metadata: { name: 'Not_A_Name' } }), { code: 'KUBE_INVALID' });
  await assert.rejects(client.get(CORE.configMap, 'none'), { code: 'KUBE_NOT_FOUND', status: 404 });
  assert.equal(await client.find(CORE.configMap, 'none'), undefined);
  await client.patch(CORE.configMap, 'm', { data: { x: '2' } }, { strategy: 'merge' });
  await assert.rejects(client.replace<Map>(CORE.configMap, { ...created, data: { x: '3' } }), {
    code: 'KUBE_CONFLICT',
  });
  const apply = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { x: '4' } };
  await assert.rejects(client.patch(CORE.configMap, 'm', apply, { strategy: 'apply', fieldManager: 't' }), {
    code: 'KUBE_CONFLICT',
  });
  await client.patch(CORE.configMap, 'm', apply, { strategy: 'apply', fieldManager: 't', force: true });
  await client.patch(CORE.configMap, 'm', [{ op: 'add', path: '/data/y', value: '5' }], { strategy: 'json' });
  assert.deepEqual((await client.get<Map>(CORE.configMap, 'm')).data, { x: '4', y: '5' });
  assert.equal((await client.list(CORE.configMap, { labelSelector: 'a=b' })).length, 1);
  assert.equal((await client.list(CORE.configMap, { labelSelector: 'a=c' })).length, 0);
  await assert.rejects(client.delete(CORE.configMap, 'm', { uid: 'other' }), { code: 'KUBE_CONFLICT' });
  await client.delete(CORE.configMap, 'm', { uid: created.metadata.uid });
  await assert.rejects(client.delete(CORE.configMap, 'm'), { code: 'KUBE_NOT_FOUND' });
  await assert.rejects(client.listPage(CORE.configMap, { continue: 'nonsense', limit: 1 }), {
    code: 'KUBE_BAD_REQUEST',
  });
  const cancelled = client.within(AbortSignal.abort(new Error('stop')));
  await assert.rejects(cancelled.get(CORE.configMap, 'm'), { code: 'KUBE_CANCELLED' });
  const fenced = client.fenced(() => {
    throw new Error('not the leader');
  });
  await fenced.list(CORE.configMap);
  await assert.rejects(fenced.create(CORE.configMap, { metadata: { name: 'n' } }), /not the leader/);
});
