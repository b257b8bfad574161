/* eslint-disable @typescript-eslint/require-await -- steps are async by contract */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createMetrics, silentLogger } from '@collabnet/telemetry';
import { eventually, TestApiServer } from '../testing/index.ts';
import { WIDGET, widgetCrd } from '../testing/widget.ts';
import type { Widget } from '../testing/widget.ts';
import { findCondition } from './conditions.ts';
import type { ControllerOptions } from './controller.ts';
import { LeadershipLostError, StalledError, WaitError } from './errors.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject } from './kube-types.ts';
import { Manager } from './manager.ts';
import { RECONCILE_ANNOTATION } from './names.ts';
import type { Step } from './reconcile-context.ts';
import { CORE } from './resource-types.ts';

let server: TestApiServer;
before(async () => {
  server = await TestApiServer.start();
  await server.installCrd(widgetCrd);
});
const running = new Set<() => Promise<void>>();
after(async () => {
  await Promise.all([...running].map((stop) => stop()));
  await server.stop();
});

type Settings = Partial<Omit<ControllerOptions<Widget>, 'informer' | 'type' | 'name'>> & { owned?: boolean };

async function operate(steps: readonly Step<Widget>[], settings: Settings = {}) {
  const namespace = await server.namespace();
  const client = server.connect({ namespace });
  const metrics = createMetrics('t');
  const manager = new Manager({ client, logger: silentLogger(), metrics, leaderElection: false });
  const informer = manager.informer<Widget>(WIDGET);
  const { owned, ...rest } = settings;
  const owns = owned ? [manager.informer(CORE.configMap)] : [];
  const controller = manager.controller<Widget>({ name: 'widget', type: WIDGET, informer, steps, owns, ...rest });
  const ending = new AbortController();
  const done = manager.run(ending.signal);
  const stop = async (): Promise<void> => {
    running.delete(stop);
    ending.abort();
    await done;
  };
  running.add(stop);
  await eventually('leading', () => manager.leading);
  const get = (name: string): Promise<Widget> => client.get<Widget>(WIDGET, name);
  const until = (name: string, what: string, check: (widget: Widget) => boolean): Promise<Widget> =>
    eventually(what, async () => {
      const widget = await get(name);
      return check(widget) ? widget : undefined;
    });
  return { namespace, client, metrics, manager, informer, controller, stop, get, until };
}

const make = (client: KubeClient, name: string, spec: Widget['spec'] = {}): Promise<Widget> =>
  client.create<Widget>(WIDGET, { metadata: { name }, spec });
const ready = (widget: Widget) => findCondition(widget.status?.conditions, 'Ready');

interface EventObject extends KubeObject {
  reason: string;
  type: string;
  note: string;
  series?: { count: number };
  regarding: { name: string };
}

test('steps run in order, the status is written once, and a no-op run writes nothing', async () => {
  const order: string[] = [];
  const t = await operate([
    async (ctx) => {
      order.push('one');
      ctx.status.phase = 'Working';
    },
    async (ctx) => {
      order.push('two');
      ctx.status.phase = 'Done';
      ctx.ready('AllDone', 'nothing left');
      return 'done';
    },
    async () => void order.push('three'),
  ]);
  await make(t.client, 'w');
  const widget = await t.until('w', 'ready', (w) => ready(w)?.status === 'True');
  assert.equal(widget.status?.phase, 'Done');
  assert.equal(widget.status?.observedGeneration, 1);
  assert.equal(ready(widget)?.reason, 'AllDone');
  assert.deepEqual(order, ['one', 'two']);
  t.controller.enqueue(`${t.namespace}/w`);
  await eventually('second run', () => order.length === 4);
  await t.stop();
  assert.equal((await t.get('w')).metadata.resourceVersion, widget.metadata.resourceVersion);
  assert.equal(order.length, 4, 'own status writes must not cause runs');
});

test('a stalled object waits for its user; a change wakes it', async () => {
  let runs = 0;
  const t = await operate([async () => void (runs += 1)], {
    guard: ({ spec }) => ((spec.size ?? 0) > 10 ? ['spec.size: must be at most 10, lower it'] : undefined),
  });
  await make(t.client, 'w', { size: 11 });
  const stalled = await t.until('w', 'stalled', (w) => findCondition(w.status?.conditions, 'Stalled') !== undefined);
  assert.equal(ready(stalled)?.reason, 'InvalidSpec');
  assert.match(ready(stalled)?.message ?? '', /lower it/);
  assert.equal(runs, 0);
  await t.client.patch(WIDGET, 'w', { spec: { size: 3 } }, { strategy: 'merge' });
  const good = await t.until('w', 'ready', (w) => ready(w)?.status === 'True');
  assert.equal(findCondition(good.status?.conditions, 'Stalled'), undefined);
  assert.equal(good.status?.observedGeneration, 2);
  await t.stop();
});

test('waiting comes back after its time and sees its own last write', async () => {
  const seen: (number | undefined)[] = [];
  const t = await operate([
    async (ctx) => {
      seen.push(ctx.object.status?.runs);
      ctx.status.runs = (ctx.object.status?.runs ?? 0) + 1;
      if (ctx.status.runs < 5) throw new WaitError('Counting', 'not yet', 0);
    },
  ]);
  await make(t.client, 'w');
  await t.until('w', 'ready', (w) => ready(w)?.status === 'True');
  assert.deepEqual(seen, [undefined, 1, 2, 3, 4]);
  await t.stop();
});

test('a step that waits long does not put off what an earlier step waits for', async () => {
  let runs = 0;
  const t = await operate([
    async () => {
      runs += 1;
      return { requeueAfterMs: 50 };
    },
    async () => {
      throw new WaitError('Waiting', 'for a person', 3_600_000);
    },
  ]);
  await make(t.client, 'w');
  await eventually('looked again', () => runs > 3);
  await t.stop();
});

test('an unforeseen error backs off, shows no secret, and is forgotten after success', async () => {
  let runs = 0;
  const t = await operate(
    [
      async () => {
        if (++runs < 4) throw new Error('connect nats://bob:hunter2@hub:4222 failed');
      },
    ],
    { backoff: { baseMs: 10, maxMs: 100 } },
  );
  await make(t.client, 'w');
  const failing = await t.until('w', 'failing or done', (w) => ready(w) !== undefined);
  if (ready(failing)?.status === 'False') {
    assert.equal(ready(failing)?.reason, 'InternalError');
    assert.ok(!JSON.stringify(failing).includes('hunter2'));
  }
  await t.until('w', 'ready', (w) => ready(w)?.status === 'True');
  assert.equal(runs, 4);
  const text = await t.metrics.registry.metrics();
  assert.match(text, /t_reconcile_total\{controller="widget",outcome="error",reason="InternalError"\} 3/);
  await t.stop();
});

test('spec.suspend and the annotation pause without losing what is known', async () => {
  let runs = 0;
  const t = await operate([async () => void (runs += 1)]);
  await make(t.client, 'w');
  await t.until('w', 'ready', (w) => ready(w)?.status === 'True');
  await t.client.patch(WIDGET, 'w', { spec: { suspend: true } }, { strategy: 'merge' });
  const paused = await t.until('w', 'paused', (w) => ready(w)?.reason === 'Suspended');
  assert.equal(ready(paused)?.status, 'True');
  assert.equal(paused.status?.observedGeneration, 1);
  const before = runs;
  await t.client.patch(
    WIDGET,
    'w',
    { spec: { suspend: null }, metadata: { annotations: { [RECONCILE_ANNOTATION]: 'disabled' } } },
    { strategy: 'merge' },
  );
  await t.until('w', 'still paused', (w) => ready(w)?.message.includes('annotation') === true);
  assert.equal(runs, before);
  await t.client.patch(
    WIDGET,
    'w',
    { metadata: { annotations: { [RECONCILE_ANNOTATION]: null } } },
    { strategy: 'merge' },
  );
  await t.until('w', 'resumed', (w) => ready(w)?.reason === 'Succeeded');
  await t.stop();
});

test('a finalizer holds the object until onDelete has passed', async () => {
  let allow = false;
  const calls: string[] = [];
  const t = await operate([(ctx) => ctx.addFinalizer()], {
    finalizer: 'test.collabnet.dev/flow',
    onDelete: [
      async () => {
        calls.push('delete');
        if (!allow) throw new WaitError('Cancelling', 'the flow is being cancelled', 50);
      },
    ],
  });
  await make(t.client, 'w');
  await t.until('w', 'ready', (w) => ready(w)?.status === 'True' && w.metadata.finalizers?.length === 1);
  await t.client.delete(WIDGET, 'w');
  await t.until('w', 'waiting', (w) => ready(w)?.reason === 'Cancelling');
  allow = true;
  await eventually('gone', async () => (await t.client.find(WIDGET, 'w')) === undefined);
  assert.ok(calls.length >= 2);
  await t.stop();
});

test('children are applied once, restored when someone removes them, and owned', async () => {
  let sent = 0;
  const t = await operate(
    [
      async (ctx) => {
        const child = {
          metadata: { name: `${ctx.object.metadata.name}-child` },
          data: { size: String(ctx.object.spec.size ?? 0) },
        };
        const { changed } = await ctx.applier.apply(CORE.configMap, child, { owner: ctx.object });
        if (changed) sent += 1;
      },
    ],
    { owned: true },
  );
  await make(t.client, 'w', { size: 1 });
  type Child = KubeObject & { data: Record<string, string> };
  const child = await eventually('child', () => t.client.find<Child>(CORE.configMap, 'w-child'));
  assert.equal(child.metadata.ownerReferences?.[0]?.kind, 'Widget');
  t.controller.enqueueAll();
  await t.until('w', 'ready', (w) => ready(w)?.status === 'True');
  assert.equal(sent, 1);
  await t.client.delete(CORE.configMap, 'w-child');
  const again = await eventually('restored', () => t.client.find<Child>(CORE.configMap, 'w-child'));
  assert.notEqual(again.metadata.uid, child.metadata.uid);
  await t.client.patch(WIDGET, 'w', { spec: { size: 2 } }, { strategy: 'merge' });
  await eventually('updated', async () => (await t.client.get<Child>(CORE.configMap, 'w-child')).data['size'] === '2');
  await t.stop();
});

test('an event tells each change of Ready, with the reason of the condition; repeats become a series', async () => {
  const t = await operate([
    async (ctx) => {
      if (ctx.object.spec.size === 1) throw new StalledError('TooSmall', 'grow it');
    },
  ]);
  const widget = await make(t.client, 'w', { size: 1 });
  await t.until('w', 'stalled', (w) => ready(w)?.reason === 'TooSmall');
  const events = (): Promise<EventObject[]> => t.client.list<EventObject>(CORE.event);
  await eventually('event', async () =>
    (await events()).some(
      ({ reason, type, note }) => reason === 'TooSmall' && type === 'Warning' && note === 'grow it',
    ),
  );
  await t.client.patch(WIDGET, 'w', { spec: { size: 2 } }, { strategy: 'merge' });
  await eventually('second event', async () =>
    (await events()).some(({ reason, type }) => reason === 'Succeeded' && type === 'Normal'),
  );
  const typed = { ...widget, apiVersion: 'test.collabnet.dev/v1', kind: 'Widget' };
  for (let index = 0; index < 20; index++)
    t.manager.events.record(typed, { type: 'Normal', reason: 'Repeated', message: 'same' });
  for (let index = 0; index < 60; index++)
    t.manager.events.record(typed, { type: 'Normal', reason: 'Noisy', message: `password=geheim${index}` });
  await t.stop();
  const all = await events();
  const repeated = all.filter(({ reason }) => reason === 'Repeated');
  assert.equal(repeated.length, 1);
  assert.equal(repeated[0]?.series?.count, 20);
  const noisy = all.filter(({ reason }) => reason === 'Noisy');
  assert.ok(noisy.length > 0 && noisy.length <= 25, `${noisy.length} events`);
  assert.ok(noisy.every(({ note }) => !note.includes('geheim')));
});

test('the status of a deleted object never lands on its successor of the same name', async () => {
  let blocked: (() => void) | undefined;
  const uids: (string | undefined)[] = [];
  const t = await operate([
    async (ctx) => {
      uids.push(ctx.object.metadata.uid);
      if (uids.length === 1) await new Promise<void>((resolve) => (blocked = resolve));
      ctx.status.phase = `of ${ctx.object.metadata.uid}`;
    },
  ]);
  await make(t.client, 'w');
  await eventually('first run', () => blocked);
  await t.client.delete(WIDGET, 'w');
  const second = await make(t.client, 'w');
  blocked?.();
  const widget = await t.until('w', 'ready', (w) => ready(w)?.status === 'True');
  assert.equal(widget.status?.phase, `of ${second.metadata.uid}`);
  await t.stop();
});

test('300 objects reach Ready with 10 workers while half of them fail at first', async () => {
  const failed = new Set<string>();
  let active = 0;
  let peak = 0;
  const t = await operate(
    [
      async (ctx) => {
        peak = Math.max(peak, ++active);
        await new Promise((resolve) => setTimeout(resolve, 2));
        active -= 1;
        if ((ctx.object.spec.size ?? 0) % 2 && !failed.has(ctx.key)) {
          failed.add(ctx.key);
          throw new Error('first try');
        }
      },
    ],
    { backoff: { baseMs: 20, maxMs: 200 } },
  );
  await Promise.all(Array.from({ length: 300 }, (_, index) => make(t.client, `w${index}`, { size: index })));
  await eventually(
    'all ready',
    () => t.informer.list().filter((w) => ready(w)?.status === 'True').length === 300,
    40_000,
  );
  assert.equal(failed.size, 150);
  assert.ok(peak <= 10 && peak > 1, `${peak} at a time`);
  await t.stop();
});

test('a reconcile that the fence cut short is done again when the process leads on', async () => {
  let runs = 0;
  const t = await operate([
    async (ctx) => {
      runs += 1;
      if (runs === 1) throw new LeadershipLostError('the Lease was renewed late');
      ctx.status.phase = 'Done';
    },
  ]);
  await make(t.client, 'w');
  await t.until('w', 'done', (w) => w.status?.phase === 'Done');
  assert.equal(runs, 2);
});
