import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger, silentLogger } from '../logger.ts';
import { OtlpReceiver } from '../testing/otlp-receiver.ts';
import { attemptSpan, TASK_SPAN } from './span-keys.ts';
import { spanIdOf, traceIdOf } from './trace-ids.ts';
import { openTracer } from './tracer.ts';

const FLOW = '0123456789abcdef'.repeat(4);
const ATTEMPT = { party: 'did:collab:x:bank-a', step: 'intersect', attempt: 2 };

test('ids follow from what a span is about, so that two processes write one trace', () => {
  assert.equal(traceIdOf(FLOW), FLOW.slice(0, 32));
  assert.equal(spanIdOf(FLOW, attemptSpan(ATTEMPT)), spanIdOf(FLOW, ['attempt', ATTEMPT.party, 'intersect', '2']));
  const others = [spanIdOf(FLOW, TASK_SPAN), spanIdOf(FLOW, attemptSpan({ ...ATTEMPT, attempt: 1 })), spanIdOf(`f${FLOW.slice(1)}`, attemptSpan(ATTEMPT))];
  assert.equal(new Set([spanIdOf(FLOW, attemptSpan(ATTEMPT)), ...others]).size, 4);
  // Two keys whose words run together to the same text are two spans.
  assert.notEqual(spanIdOf(FLOW, ['a', 'bc']), spanIdOf(FLOW, ['ab', 'c']));
});

test('spans reach a receiver over OTLP/HTTP with ids, parent, times, failure and attributes', async () => {
  const receiver = await OtlpReceiver.start();
  try {
    const options = { service: 'operator', endpoint: `${receiver.endpoint}/`, logger: silentLogger(), delayMs: 10 };
    const [a, b] = await Promise.all([openTracer({ ...options, namespace: 'bank-a' }), openTracer({ ...options, namespace: 'bank-b' })]);
    assert.ok(a.enabled);
    a.add({ flowId: FLOW, key: TASK_SPAN, name: 'task', start: 1_700_000_000_123, end: 1_700_000_060_456 });
    b.add({
      flowId: FLOW,
      key: attemptSpan(ATTEMPT),
      parent: TASK_SPAN,
      name: 'attempt',
      start: 1_700_000_000_500,
      end: 1_700_000_000_400,
      failure: 'PEER_SILENT',
      attributes: { 'collabnet.step': 'intersect', 'collabnet.attempt': 2 },
    });
    await Promise.all([a.close(), b.close()]);
    const spans = [...(await receiver.wait(2))].sort((one, other) => (one.name < other.name ? 1 : -1));
    assert.deepEqual(receiver.faults, []);
    assert.deepEqual(spans[0], {
      service: 'bank-a/operator', traceId: FLOW.slice(0, 32), spanId: spanIdOf(FLOW, TASK_SPAN), parent: undefined, name: 'task',
      start: 1_700_000_000_123, end: 1_700_000_060_456, failure: undefined, attributes: { 'collabnet.flow_id': FLOW },
    });
    assert.equal(spans[1]?.service, 'bank-b/operator');
    assert.equal(spans[1]?.traceId, spans[0]?.traceId);
    assert.equal(spans[1]?.parent, spans[0]?.spanId);
    // Clocks of two machines differ; a span never ends before it begins.
    assert.equal(spans[1]?.end, 1_700_000_000_500);
    assert.equal(spans[1]?.failure, 'PEER_SILENT');
    assert.equal(spans[1]?.attributes['collabnet.attempt'], '2');
  } finally {
    await receiver.close();
  }
});

test('a receiver that refuses is reported once a minute, by its status and without the spans', async () => {
  const lines: string[] = [];
  const logger = createLogger('unit', { destination: { write: (line) => lines.push(line) } });
  const receiver = await OtlpReceiver.start();
  try {
    const tracer = await openTracer({ endpoint: `${receiver.endpoint}/elsewhere`, service: 'operator', logger, delayMs: 1 });
    for (const count of [1, 2]) {
      tracer.add({ flowId: FLOW, key: ['x', String(count)], name: 'x', start: 1, end: 2 });
      while (receiver.faults.length < count) await delay(10);
    }
    await tracer.close();
  } finally {
    await receiver.close();
  }
  assert.equal(lines.length, 1, lines.join(''));
  assert.match(lines[0] ?? '', /404/);
  assert.ok(!lines[0]?.includes(FLOW));
});

test('a receiver that is not there holds nothing up', async () => {
  const tracer = await openTracer({ endpoint: 'http://127.0.0.1:9', service: 'operator', logger: silentLogger(), delayMs: 1 });
  const started = performance.now();
  tracer.add({ flowId: FLOW, key: ['x'], name: 'x', start: 1, end: 2 });
  assert.ok(performance.now() - started < 100);
  await tracer.close();
  assert.ok(performance.now() - started < 5_000);
});

test('OpenTelemetry is loaded only with an endpoint; one that is no URL is named', async () => {
  assert.deepEqual(loadedWith(''), { enabled: false, exporter: false });
  assert.deepEqual(loadedWith('http://127.0.0.1:9'), { enabled: true, exporter: true });
  for (const endpoint of ['collector:4318', 'grpc://collector:4317']) {
    await assert.rejects(openTracer({ endpoint, service: 'x', logger: silentLogger() }), /telemetry\.otlp\.endpoint: '.*' is no http or https URL/);
  }
});

/** Opens a tracer in a process of its own and tells whether the exporter was asked for. */
function loadedWith(endpoint: string): unknown {
  const index = JSON.stringify(join(import.meta.dirname, '..', 'index.js'));
  const script = `
    const seen = [];
    process.getBuiltinModule('module').registerHooks({ resolve: (name, context, next) => (seen.push(name), next(name, context)) });
    const { openTracer, silentLogger } = await import(${index});
    const { enabled } = await openTracer({ endpoint: ${JSON.stringify(endpoint)}, service: 'courier', logger: silentLogger() });
    console.log(JSON.stringify({ enabled, exporter: seen.includes('@opentelemetry/exporter-trace-otlp-http') }));`;
  return JSON.parse(execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], { encoding: 'utf8' }));
}
