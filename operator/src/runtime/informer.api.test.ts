import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createMetrics, silentLogger } from '@collabnet/telemetry';
import type { Metrics } from '@collabnet/telemetry';
import { TestApiServer, FaultProxy, eventually } from '../testing/index.ts';
import { WIDGET, widgetCrd } from '../testing/widget.ts';
import type { Widget } from '../testing/widget.ts';
import { Informer } from './informer.ts';
import type { InformerTiming } from './informer.ts';
import type { KubeObject, ResourceType } from './kube-types.ts';
import { CORE } from './resource-types.ts';

let server: TestApiServer;
before(async () => {
  // ConfigMaps come straight from etcd, so that a compaction gives 410 as a long absence would.
  server = await TestApiServer.start({ uncached: ['configmaps'] });
  await server.installCrd(widgetCrd);
});
const leftOpen = new Set<() => Promise<void>>();
after(async () => {
  await Promise.all([...leftOpen].map((stop) => stop()));
  await server.stop();
});

interface Setup<T extends KubeObject> {
  informer: Informer<T>;
  proxy: FaultProxy;
  metrics: Metrics;
  namespace: string;
  stop: () => Promise<void>;
}

async function follow<T extends KubeObject>(
  type: ResourceType,
  timing: Partial<InformerTiming> = {},
  namespace?: string,
): Promise<Setup<T>> {
  const home = namespace ?? (await server.namespace());
  const proxy = await FaultProxy.start(server.port);
  const client = server.connect({ port: proxy.port, namespace: home });
  const metrics = createMetrics('t');
  const informer = new Informer<T>({
    client,
    type,
    logger: silentLogger(),
    metrics,
    indexLabels: ['app'],
    timing: { backoffBaseMs: 20, backoffMaxMs: 200, ...timing },
  });
  const stop = async (): Promise<void> => {
    leftOpen.delete(stop);
    await informer.stop();
    await proxy.stop();
  };
  leftOpen.add(stop);
  return { informer, proxy, metrics, namespace: home, stop };
}

const map = (name: string, labels?: Record<string, string>): KubeObject & { data: Record<string, string> } => ({
  metadata: { name, labels: labels ?? {} },
  data: { value: name },
});

async function counter(metrics: Metrics, name: string): Promise<number> {
  const values = (await metrics.registry.getSingleMetric(`t_${name}`)?.get())?.values ?? [];
  return values.reduce((sum, { value }) => sum + value, 0);
}

test('lists in pages, then follows; objects are frozen, typed and without managedFields', async () => {
  const namespace = await server.namespace();
  for (let index = 0; index < 7; index++)
    await server.client.create(CORE.configMap, map(`m${index}`, { app: index % 2 ? 'odd' : 'even' }), { namespace });
  const { informer, stop } = await follow<KubeObject & { data: Record<string, string> }>(
    CORE.configMap,
    { pageSize: 3 },
    namespace,
  );
  const seen: string[] = [];
  informer.on({
    add: ({ metadata }) => seen.push(`+${metadata.name}`),
    update: ({ metadata }) => seen.push(`~${metadata.name}`),
    delete: ({ metadata }) => seen.push(`-${metadata.name}`),
  });
  informer.start();
  await informer.synced;
  assert.equal(informer.size, 7);
  assert.equal(informer.byLabel('app', 'odd').length, 3);
  const first = informer.get(`${namespace}/m0`);
  assert.ok(first && Object.isFrozen(first.data) && first.kind === 'ConfigMap' && first.apiVersion === 'v1');
  assert.ok(!('managedFields' in first.metadata));
  await server.client.patch(
    CORE.configMap,
    'm0',
    { metadata: { labels: { app: 'odd' } } },
    { strategy: 'merge', namespace },
  );
  await server.client.delete(CORE.configMap, 'm1', { namespace });
  await eventually('events', () => seen.includes('~m0') && seen.includes('-m1'));
  assert.equal(informer.byLabel('app', 'odd').length, 3);
  await stop();
});

test('loses no change through 100 cut connections, many in the middle of a message', async () => {
  const { informer, proxy, namespace, metrics, stop } = await follow<Widget>(WIDGET, {
    backoffBaseMs: 2,
    backoffMaxMs: 10,
  });
  const latest = new Map<string, number>();
  const deleted = new Set<string>();
  const note = (widget: Widget): void => void latest.set(widget.metadata.name, widget.spec.size ?? -1);
  informer.on({ add: note, update: note, delete: ({ metadata }) => deleted.add(metadata.name) });
  informer.start();
  await informer.synced;
  let cuts = 0;
  let writing = true;
  const cutter = (async () => {
    while (writing || cuts < 100) {
      proxy.cutAfterBytes(cuts % 2 ? 4_000 + Math.floor(Math.random() * 4_000) : Infinity);
      cuts += proxy.cut();
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  })();
  const expected = new Map<string, number>();
  const gone = new Set<string>();
  for (let index = 0; index < 400; index++) {
    const name = `w${index % 40}`;
    if (gone.has(name)) continue;
    const body = {
      apiVersion: 'test.collabnet.dev/v1',
      kind: 'Widget',
      metadata: { name },
      spec: { size: index, text: '数据'.repeat(100) },
    };
    await server.client.patch(WIDGET, name, body, { strategy: 'apply', fieldManager: 't', force: true, namespace });
    expected.set(name, index);
    if (index > 360 && index % 4 === 0) {
      await server.client.delete(WIDGET, name, { namespace });
      gone.add(name);
    }
  }
  writing = false;
  await cutter;
  proxy.cutAfterBytes(Infinity);
  await eventually(
    'cache equals the API',
    () =>
      informer.size === 40 - gone.size &&
      informer.list().every(({ metadata, spec }) => spec.size === expected.get(metadata.name)),
  );
  assert.ok(cuts >= 100, `${cuts} cuts`);
  for (const name of gone) assert.ok(deleted.has(name), `${name} was not reported as deleted`);
  for (const [name, size] of expected) if (!gone.has(name)) assert.equal(latest.get(name), size);
  assert.ok((await counter(metrics, 'informer_reconnects_total')) >= 50);
  assert.equal(await counter(metrics, 'informer_relists_total'), 0, 'a cut alone must resume, not list again');
  await stop();
});

test('lists again when its version was compacted away, and reports what vanished meanwhile', async () => {
  const { informer, proxy, namespace, metrics, stop } = await follow(CORE.configMap);
  for (const name of ['stays', 'goes', 'again']) await server.client.create(CORE.configMap, map(name), { namespace });
  const log: string[] = [];
  informer.start();
  await informer.synced;
  informer.on({
    add: (o) => log.push(`+${o.metadata.name}`),
    update: (o) => log.push(`~${o.metadata.name}`),
    delete: (o) => log.push(`-${o.metadata.name}`),
  });
  log.length = 0;
  proxy.refuse(true);
  proxy.cut();
  await server.client.delete(CORE.configMap, 'goes', { namespace });
  await server.client.delete(CORE.configMap, 'again', { namespace });
  await server.client.create(CORE.configMap, map('again'), { namespace });
  await server.client.create(CORE.configMap, map('new'), { namespace });
  await server.compact();
  assert.deepEqual(log, []);
  proxy.refuse(false);
  await eventually('relist', () => informer.get(`${namespace}/new`) && !informer.get(`${namespace}/goes`));
  // Made again under another uid: both the end of the old and the start of the new are told.
  assert.deepEqual(log.toSorted(), ['+again', '+new', '-again', '-goes']);
  assert.equal(await counter(metrics, 'informer_relists_total'), 1);
  await server.client.create(CORE.configMap, map('later'), { namespace });
  await eventually('watch goes on', () => informer.get(`${namespace}/later`));
  await stop();
});

test('notices a half-open connection by its silence and goes on', async () => {
  const { informer, proxy, namespace, stop } = await follow<Widget>(WIDGET, { inactivityMs: 1_000 });
  informer.start();
  await informer.synced;
  await server.client.create<Widget>(WIDGET, { metadata: { name: 'heard' }, spec: {} }, { namespace });
  await eventually('the watch is open', () => informer.get(`${namespace}/heard`));
  const connections = proxy.accepted;
  proxy.silence(true);
  await server.client.create<Widget>(WIDGET, { metadata: { name: 'unheard' }, spec: {} }, { namespace });
  await eventually('a new connection', () => proxy.accepted > connections, 5_000);
  assert.equal(informer.get(`${namespace}/unheard`), undefined);
  // What hangs in the dead connections stays lost: only a later attempt can get through.
  proxy.silence(false);
  await eventually('caught up', () => informer.get(`${namespace}/unheard`));
  await stop();
});

test('a failing first list says why, keeps trying, and syncs when the server comes back', async () => {
  const { informer, proxy, stop } = await follow(CORE.configMap);
  proxy.refuse(true);
  informer.start();
  await eventually('an error', () => informer.lastError);
  assert.equal(informer.hasSynced, false);
  proxy.refuse(false);
  await informer.synced;
  await eventually('no error left', () => informer.lastError === undefined || informer.hasSynced);
  await stop();
});

test('stop ends everything at once, also in the middle of trouble, and nothing starts again', async () => {
  const { informer, proxy, namespace, stop } = await follow<Widget>(WIDGET);
  informer.start();
  await informer.synced;
  let calls = 0;
  informer.on({ add: () => calls++ });
  proxy.refuse(true);
  proxy.cut();
  const startedAt = Date.now();
  await informer.stop();
  assert.ok(Date.now() - startedAt < 1_000);
  proxy.refuse(false);
  // A connection that was being opened may still arrive; none may follow.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = proxy.accepted;
  await server.client.create<Widget>(WIDGET, { metadata: { name: 'late' }, spec: {} }, { namespace });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(calls, 0);
  assert.equal(proxy.accepted, before);
  await stop();
});

test('repeats the list at its interval although the watch is healthy', async () => {
  const { informer, metrics, stop } = await follow<Widget>(WIDGET, { relistMs: 1_000 });
  informer.start();
  await eventually('relists', async () => (await counter(metrics, 'informer_relists_total')) >= 2, 10_000);
  assert.equal(await counter(metrics, 'informer_errors_total'), 0);
  await stop();
});

test('stop does not wait for a server that accepts and never answers', async () => {
  const { informer, proxy, stop } = await follow<Widget>(WIDGET);
  proxy.silence(true);
  informer.start();
  await eventually('connecting', () => proxy.accepted > 0);
  const startedAt = Date.now();
  await informer.stop();
  assert.ok(Date.now() - startedAt < 1_000, `${Date.now() - startedAt} ms`);
  await stop();
});

test('an own write is visible at once, and an older event does not undo it', async () => {
  const { informer, proxy, namespace, stop } = await follow<Widget>(WIDGET);
  await server.client.create<Widget>(WIDGET, { metadata: { name: 'mine' }, spec: { size: 1 } }, { namespace });
  informer.start();
  await informer.synced;
  proxy.silence(true);
  const old = informer.get(`${namespace}/mine`);
  const written = await server.client.patch<Widget>(
    WIDGET,
    'mine',
    { spec: { size: 2 } },
    { strategy: 'merge', namespace },
  );
  informer.observe(written);
  assert.equal(informer.get(`${namespace}/mine`)?.spec.size, 2);
  if (old) informer.observe(old);
  assert.equal(informer.get(`${namespace}/mine`)?.spec.size, 2);
  informer.observe({ ...written, metadata: { ...written.metadata, uid: 'another', resourceVersion: '999999999' } });
  assert.equal(informer.get(`${namespace}/mine`)?.metadata.uid, written.metadata.uid);
  await stop();
});

test('metadata alone can be followed, and a transform decides what is kept', async () => {
  const client = server.connect({ namespace: await server.namespace() });
  await client.create<Widget>(WIDGET, { metadata: { name: 'a', labels: { app: 'x' } }, spec: { text: 'long' } });
  const common = { client, type: WIDGET, logger: silentLogger(), metrics: createMetrics('t') };
  const bare = new Informer<KubeObject>({ ...common, metadataOnly: true });
  const lean = new Informer<Widget>({ ...common, transform: (widget) => ({ ...widget, spec: {} }) });
  bare.start();
  lean.start();
  await Promise.all([bare.synced, lean.synced]);
  assert.ok(bare.list().every((object) => !('spec' in object) && object.kind === 'Widget'));
  await client.create<Widget>(WIDGET, { metadata: { name: 'b' }, spec: { text: 'long' } });
  await eventually('both', () => bare.size === 2 && lean.size === 2);
  assert.ok(lean.list().every(({ spec }) => spec.text === undefined));
  await Promise.all([bare.stop(), lean.stop()]);
});
