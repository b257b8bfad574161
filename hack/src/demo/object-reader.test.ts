import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HackError } from '../lib/hack-error.ts';
import { ObjectReader } from './object-reader.ts';

const pods = { resource: 'pods', singularResource: 'pod', shortNames: ['po'], scope: 'Namespaced' };
const core = { metadata: {}, versions: [{ version: 'v1', resources: [pods, { resource: 'nodes', singularResource: 'node', scope: 'Cluster' }] }] };
const metrics = { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1beta1', resources: [pods] }] };
const ours = { metadata: { name: 'collabnet.dev' }, versions: [{ version: 'v1alpha1', resources: [{ resource: 'computetasks', singularResource: 'computetask', scope: 'Namespaced' }] }] };

/** Answers these paths, and notes what was asked for. @param failures come first for anything that is no discovery */
function answering(answers: Record<string, unknown>, failures: Error[] = []): { reader: ObjectReader; asked: string[] } {
  const asked: string[] = [];
  const get = <T>(path: string): Promise<T> => {
    asked.push(path);
    const failure = path.startsWith('/api/v1') ? failures.shift() : undefined;
    if (failure !== undefined) return Promise.reject(failure);
    return path in answers ? Promise.resolve(answers[path] as T) : Promise.reject(new HackError('NOT_FOUND', path));
  };
  return { reader: new ObjectReader({ get }), asked };
}

test('a kind is found by each of its names, and that of the core group goes before another with its name', async () => {
  const { reader, asked } = answering({ '/api': { items: [core] }, '/apis': { items: [metrics, ours] }, '/api/v1/namespaces/bank-a/pods/x': { x: 1 }, '/api/v1/nodes/n': { n: 1 } });
  for (const kind of ['pods', 'pod', 'po', 'Pod']) assert.deepEqual(await reader.get('bank-a', kind, 'x'), { x: 1 });
  assert.deepEqual(await reader.get('bank-a', 'node', 'n'), { n: 1 });
  assert.equal(await reader.get('bank-a', 'computetask', 'none'), undefined);
  assert.deepEqual(asked.filter((path) => path === '/apis').length, 1);
  assert.equal(asked.at(-1), '/apis/collabnet.dev/v1alpha1/namespaces/bank-a/computetasks/none');
});

test('a kind that was installed later is found', async () => {
  const answers: Record<string, unknown> = { '/api': { items: [core] }, '/apis': { items: [] } };
  const { reader } = answering(answers);
  await assert.rejects(reader.get('bank-a', 'computetask', 'x'), { code: 'API_FAILED', message: /no resource computetask/ });
  answers['/apis'] = { items: [ours] };
  assert.equal(await reader.get('bank-a', 'computetask', 'x'), undefined);
});

test('a server that is being started again is waited for; another failure is told at once', async () => {
  const failures: Error[] = [Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), Object.assign(new Error('reset'), { code: 'ECONNRESET' }), new HackError('API_UNAVAILABLE', 'answered 503')];
  const { reader, asked } = answering({ '/api': { items: [core] }, '/apis': { items: [] }, '/api/v1/nodes/n': { n: 1 } }, failures);
  assert.deepEqual(await reader.get('bank-a', 'node', 'n'), { n: 1 });
  assert.equal(asked.filter((path) => path === '/api/v1/nodes/n').length, 4);
  failures.push(new HackError('API_FAILED', 'answered 403'));
  await assert.rejects(reader.get('bank-a', 'node', 'n'), { code: 'API_FAILED' });
});

test('items of several kinds say what they are', async () => {
  const path = '/api/v1/namespaces/bank-a/pods?labelSelector=a%3Db';
  const { reader } = answering({ '/api': { items: [core] }, '/apis': { items: [] }, [path]: { apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { name: 'x' } }] }, '/api/v1/nodes?labelSelector=a%3Db': { apiVersion: 'v1', kind: 'NodeList', items: [{}] } });
  assert.deepEqual(await reader.list('bank-a', 'pods,nodes', 'a=b'), [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } }, { apiVersion: 'v1', kind: 'Node' }]);
});
