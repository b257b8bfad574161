/* eslint-disable @typescript-eslint/require-await -- steps are async by contract */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createMetrics, silentLogger } from '@collabnet/telemetry';
import { eventually, FaultProxy, TestApiServer } from '../testing/index.ts';
import { WIDGET, widgetCrd } from '../testing/widget.ts';
import type { Widget } from '../testing/widget.ts';
import { LeadershipLostError } from './errors.ts';
import type { Lease } from './leader.ts';
import { LeaderElector } from './leader.ts';
import { Manager } from './manager.ts';
import { CORE } from './resource-types.ts';

let server: TestApiServer;
before(async () => {
  server = await TestApiServer.start();
  await server.installCrd(widgetCrd);
});
after(() => server.stop());

const FAST = { leaseDurationMs: 1_500, renewDeadlineMs: 1_000, retryPeriodMs: 100 };

function candidate(namespace: string, port?: number): LeaderElector {
  const client = server.connect({ namespace, ...(port && { port }) });
  return new LeaderElector({ client, name: 'op', logger: silentLogger(), metrics: createMetrics('t'), ...FAST });
}

test('one of five candidates wins; a released lease is taken over at once', async () => {
  const namespace = await server.namespace();
  const electors = Array.from({ length: 5 }, () => candidate(namespace));
  const stop = new AbortController();
  const wins: LeaderElector[] = [];
  const waiting = electors.map((elector) => elector.acquire(stop.signal).then((won) => won && wins.push(elector)));
  await eventually('a winner', () => wins.length > 0);
  const first = wins[0];
  const hold = new AbortController();
  const holding = first?.hold(hold.signal);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  assert.equal(wins.length, 1, 'held beyond the lease duration by renewing');
  assert.equal(electors.filter((elector) => elector.isLeader()).length, 1);
  const lease = await server.client.get<Lease>(CORE.lease, 'op', { namespace });
  assert.match(lease.spec?.renewTime ?? '', /\.\d{6}Z$/);
  assert.equal(lease.spec?.holderIdentity, first?.identity);
  hold.abort();
  await holding;
  const releasedAt = Date.now();
  await first?.release();
  await eventually('a successor', () => wins.length === 2);
  assert.ok(Date.now() - releasedAt < 1_000, 'without waiting for the lease to end');
  assert.equal(first?.isLeader(), false);
  stop.abort();
  await Promise.all(waiting);
});

test('a leader that dies is replaced after the lease duration, not before', async () => {
  const namespace = await server.namespace();
  const [dead, next] = [candidate(namespace), candidate(namespace)];
  const { signal } = new AbortController();
  assert.ok(await dead.acquire(signal));
  const startedAt = Date.now();
  assert.ok(await next.acquire(signal));
  const took = Date.now() - startedAt;
  assert.ok(took >= 1_400 && took < 4_000, `${took} ms`);
  assert.equal(dead.isLeader(), false);
  assert.throws(() => dead.fence(), LeadershipLostError);
  const lease = await server.client.get<Lease>(CORE.lease, 'op', { namespace });
  assert.equal(lease.spec?.leaseTransitions, 1);
});

test('a leader cut off from the API gives up before another may take over', async () => {
  const namespace = await server.namespace();
  const proxy = await FaultProxy.start(server.port);
  const [cutOff, next] = [candidate(namespace, proxy.port), candidate(namespace)];
  const { signal } = new AbortController();
  assert.ok(await cutOff.acquire(signal));
  const lost = cutOff.hold(signal).then(
    () => 0,
    (error: unknown) => {
      assert.ok(error instanceof LeadershipLostError);
      return performance.now();
    },
  );
  const taken = next.acquire(signal).then(() => performance.now());
  proxy.silence(true);
  const [lostAt, takenAt] = await Promise.all([lost, taken]);
  assert.ok(lostAt < takenAt, `lost ${Math.round(takenAt - lostAt)} ms before the take-over`);
  await proxy.stop();
});

test('a stolen lease is noticed at the next renewal', async () => {
  const namespace = await server.namespace();
  const elector = candidate(namespace);
  const { signal } = new AbortController();
  assert.ok(await elector.acquire(signal));
  const lost = assert.rejects(elector.hold(signal), { code: 'LEADERSHIP_LOST' });
  await eventually('stolen', async () => {
    const lease = await server.client.get<Lease>(CORE.lease, 'op', { namespace });
    const spec = { ...lease.spec, holderIdentity: 'thief' };
    return server.client.replace<Lease>(CORE.lease, { ...lease, spec }).catch(() => undefined);
  });
  await lost;
  assert.equal(elector.isLeader(), false);
});

interface Replica {
  manager: Manager;
  proxy: FaultProxy;
  ending: AbortController;
  done: Promise<unknown>;
}

async function replica(
  namespace: string,
  onReconcile: (who: string, key: string) => void,
  who: string,
): Promise<Replica> {
  const proxy = await FaultProxy.start(server.port);
  const client = server.connect({ namespace, port: proxy.port });
  const metrics = createMetrics('t');
  const manager = new Manager({
    client,
    logger: silentLogger(),
    metrics,
    leaderElection: { name: 'op', ...FAST },
    http: { port: 0, host: '127.0.0.1' },
  });
  const informer = manager.informer<Widget>(WIDGET, { timing: { backoffBaseMs: 20, backoffMaxMs: 100 } });
  manager.controller<Widget>({
    name: 'widget',
    type: WIDGET,
    informer,
    steps: [async ({ key }) => onReconcile(who, key)],
  });
  const ending = new AbortController();
  const done = manager.run(ending.signal).catch((error: unknown) => error);
  return { manager, proxy, ending, done };
}

test('two replicas: only the leader works; both are ready; the standby takes over and catches up', async () => {
  const namespace = await server.namespace();
  const work: string[] = [];
  const a = await replica(namespace, (who, key) => work.push(`${who} ${key}`), 'a');
  await eventually('a leads', () => a.manager.leading);
  const b = await replica(namespace, (who, key) => work.push(`${who} ${key}`), 'b');
  const probe = async (path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${b.manager.httpPort}${path}`)).status;
  await eventually('b is ready', async () => b.manager.httpPort && (await probe('/readyz')) === 200);
  assert.equal(await probe('/healthz'), 200);
  const metrics = await (await fetch(`http://127.0.0.1:${a.manager.httpPort}/metrics`)).text();
  assert.match(metrics, /t_leader 1/);
  await server.client.create<Widget>(WIDGET, { metadata: { name: 'one' }, spec: {} }, { namespace });
  await eventually('a works', () => work.length > 0);
  assert.deepEqual(work, [`a ${namespace}/one`]);

  // The leader loses its line: it must end by itself, and the other must go on.
  a.proxy.silence(true);
  await server.client.create<Widget>(WIDGET, { metadata: { name: 'two' }, spec: {} }, { namespace });
  const startedAt = Date.now();
  await eventually('b leads', () => b.manager.leading, 10_000);
  await eventually('b does what a missed', () => work.includes(`b ${namespace}/two`));
  assert.ok(Date.now() - startedAt < 5_000, `${Date.now() - startedAt} ms`);
  const lostAt = Date.now();
  const ended = await a.done;
  assert.ok(Date.now() - lostAt < 3_000, 'the loser does not linger');
  assert.ok(ended instanceof LeadershipLostError);
  assert.ok(!work.includes(`a ${namespace}/two`));

  // A planned stop hands the lease back.
  b.ending.abort();
  assert.equal(await b.done, undefined);
  const lease = await server.client.get<Lease>(CORE.lease, 'op', { namespace });
  assert.equal(lease.spec?.holderIdentity, '');
  assert.equal(b.manager.leading, false);
  await Promise.all([a.proxy.stop(), b.proxy.stop()]);
});

test('a runnable that fails ends the whole process in order', async () => {
  const namespace = await server.namespace();
  const client = server.connect({ namespace });
  const manager = new Manager({ client, logger: silentLogger(), metrics: createMetrics('t'), leaderElection: false });
  const order: string[] = [];
  manager.add({
    name: 'other',
    run: (signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => (order.push('other ended'), resolve()))),
  });
  manager.add({ name: 'bad', run: () => Promise.reject(new Error('broken')) });
  await assert.rejects(manager.run(new AbortController().signal), /broken/);
  assert.deepEqual(order, ['other ended']);
});
