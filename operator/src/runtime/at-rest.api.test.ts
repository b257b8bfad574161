/* eslint-disable @typescript-eslint/require-await -- steps are async by contract */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createMetrics, silentLogger } from '@collabnet/telemetry';
import { eventually, TestApiServer } from '../testing/index.ts';
import { WIDGET, widgetCrd } from '../testing/widget.ts';
import type { Widget } from '../testing/widget.ts';
import type { KubeClient } from './kube-client.ts';
import { Manager } from './manager.ts';
import type { Step } from './reconcile-context.ts';

let server: TestApiServer;
before(async () => {
  server = await TestApiServer.start();
  await server.installCrd(widgetCrd);
});
after(() => server.stop());

/** Keeps no text of widgets that are done. */
const atRest = ({ metadata, spec, status }: Widget): Widget | undefined =>
  status?.phase === 'Done' ? ({ metadata, spec: { size: spec.size ?? 0 }, status: { phase: 'Done' } }) : undefined;

async function operate(client: KubeClient, step: Step<Widget>) {
  const manager = new Manager({ client, logger: silentLogger(), metrics: createMetrics('t'), leaderElection: false });
  const informer = manager.informer<Widget>(WIDGET, { atRest, indexes: { phase: ({ status }) => [status?.phase ?? ''] } });
  const controller = manager.controller<Widget>({ name: 'widget', type: WIDGET, informer, steps: [step] });
  const ending = new AbortController();
  const done = manager.run(ending.signal);
  await eventually('leading', () => manager.leading);
  const stop = async (): Promise<void> => {
    ending.abort();
    await done;
  };
  return { informer, controller, stop };
}

test('of an object at rest a part is kept; after a restart it is left alone, and read whole when it is asked for', async () => {
  const namespace = await server.namespace();
  const client = server.connect({ namespace });
  for (const name of ['ends', 'goes-on']) await client.create<Widget>(WIDGET, { metadata: { name }, spec: { size: 1, text: 'long' } });
  const first = await operate(client, async (ctx) => void (ctx.status.phase = ctx.object.metadata.name === 'ends' ? 'Done' : 'Working'));
  await eventually('ended', () => first.informer.byIndex('phase', 'Done').length === 1 && first.informer.byIndex('phase', 'Working').length === 1);
  const ended = first.informer.get(`${namespace}/ends`);
  assert.ok(ended && first.informer.isAtRest(ended));
  assert.equal(ended.spec.text, undefined);
  assert.equal(first.informer.get(`${namespace}/goes-on`)?.spec.text, 'long');
  await first.stop();

  const before = await client.get<Widget>(WIDGET, 'ends');
  const seen: Widget[] = [];
  const second = await operate(client, async (ctx) => {
    seen.push(ctx.object);
    return 'keep';
  });
  await eventually('the other one reconciled', () => seen.length > 0);
  assert.deepEqual(seen.map(({ metadata }) => metadata.name), ['goes-on']);
  second.controller.enqueue(`${namespace}/ends`);
  await eventually('the ended one reconciled', () => seen.length > 1);
  assert.equal(seen[1]?.spec.text, 'long');
  assert.ok(Object.isFrozen(seen[1]?.spec));
  await client.patch(WIDGET, 'ends', { spec: { size: 2 } }, { strategy: 'merge' });
  await eventually('its change reconciled', () => seen.some(({ spec }) => spec.size === 2));
  await second.stop();
  const { status } = await client.get<Widget>(WIDGET, 'ends');
  assert.deepEqual(status, before.status, 'a step that keeps the status writes nothing');
});
