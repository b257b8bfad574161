import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { counter } from './catalogue/definition.ts';
import type { ProbeResult } from './endpoints.ts';
import { startHttpEndpoints } from './endpoints.ts';
import { createMetrics } from './metrics.ts';

async function open(options: { ready?: () => ProbeResult | Promise<ProbeResult> } = {}) {
  const metrics = createMetrics('unit');
  const endpoints = await startHttpEndpoints({
    port: 0,
    host: '127.0.0.1',
    registry: metrics.registry,
    probeTimeoutMs: 50,
    ...options,
  });
  const get = async (path: string, method = 'GET'): Promise<{ status: number; text: string }> => {
    const response = await fetch(`http://127.0.0.1:${endpoints.port}${path}`, { method });
    return { status: response.status, text: await response.text() };
  };
  return { metrics, endpoints, get };
}

test('metrics are served under their prefix, and a name asked for twice is one metric', async () => {
  const { metrics, endpoints, get } = await open();
  const things = counter('things_total', 'Things', ['kind']);
  metrics.counter(things).inc({ kind: 'a' });
  metrics.counter(things).inc({ kind: 'a' }, 2);
  const { status, text } = await get('/metrics');
  assert.equal(status, 200);
  assert.match(text, /unit_things_total\{kind="a"\} 3/);
  await endpoints.close();
});

test('probes answer 200 or 503 with the reason; a probe that throws or hangs fails', async () => {
  let ready: () => ProbeResult | Promise<ProbeResult> = () => ({ ok: true });
  const { endpoints, get } = await open({ ready: () => ready() });
  assert.deepEqual(await get('/readyz'), { status: 200, text: 'ok\n' });
  assert.equal((await get('/healthz')).status, 200);
  ready = () => ({ ok: false, reason: 'cache is not filled' });
  assert.deepEqual(await get('/readyz'), { status: 503, text: 'cache is not filled\n' });
  ready = () => Promise.reject(new Error('password=abc123'));
  const failed = await get('/readyz');
  assert.equal(failed.status, 503);
  assert.ok(!failed.text.includes('abc123'));
  ready = () => new Promise(() => undefined);
  assert.match((await get('/readyz')).text, /longer than 50 ms/);
  assert.equal((await get('/elsewhere')).status, 404);
  assert.equal((await get('/metrics', 'POST')).status, 405);
  await endpoints.close();
});

test('close ends at once although a client keeps its connection open', async () => {
  const { endpoints } = await open();
  const socket = connect(endpoints.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  const startedAt = Date.now();
  await endpoints.close();
  await endpoints.close();
  assert.ok(Date.now() - startedAt < 500);
});
