import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createMetrics, silentLogger } from '@collabnet/telemetry';
import { CORE, Manager, type KubeClient, type KubeObject } from '../runtime/index.ts';
import { eventually, TestApiServer } from '../testing/index.ts';
import { RemovalWatch } from './removal-watch.ts';

let server: TestApiServer;
let client: KubeClient;
let watch: RemovalWatch;
const ending = new AbortController();
let done: Promise<void>;
let told = false;

const account = { metadata: { name: 'operator' } };
const labels = { app: 'operator' };
const deployment = { metadata: { name: 'operator' }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'operator', image: 'operator' }] } } } } as KubeObject;

before(async () => {
  server = await TestApiServer.start();
  const namespace = await server.namespace();
  client = server.connect({ namespace });
  await client.create(CORE.serviceAccount, account);
  await client.create(CORE.deployment, deployment);
  const manager = new Manager({ client, logger: silentLogger(), metrics: createMetrics('t'), leaderElection: false });
  watch = new RemovalWatch(manager, namespace);
  watch.whenSeen(() => (told = true));
  done = manager.run(ending.signal);
  await eventually('leading', () => manager.leading);
});
after(async () => {
  ending.abort();
  await done;
  await server.stop();
});

test('an installation that is there is not being removed, whoever else goes', async () => {
  await client.create(CORE.serviceAccount, { metadata: { name: 'other' } });
  await client.delete(CORE.serviceAccount, 'other');
  assert.equal(watch.seen, false);
});

test('the account is gone: a removal, unless it is made again', async () => {
  await client.delete(CORE.serviceAccount, 'operator');
  await eventually('seen', () => watch.seen);
  await client.create(CORE.serviceAccount, account);
  await eventually('back', () => !watch.seen);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  assert.equal(told, false);
});

test('the Deployment is gone, or going: a removal', async () => {
  await client.patch(CORE.deployment, 'operator', { metadata: { finalizers: ['test/held'] } }, { strategy: 'merge' });
  await client.delete(CORE.deployment, 'operator');
  await eventually('seen', () => watch.seen);
  await client.patch(CORE.deployment, 'operator', { metadata: { finalizers: null } }, { strategy: 'merge' });
  await eventually('gone', async () => (await client.find(CORE.deployment, 'operator')) === undefined);
  assert.equal(watch.seen, true);
  await eventually('told', () => told);
});
