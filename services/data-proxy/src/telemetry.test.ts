import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { attemptSpan, openTracer, silentLogger, spanIdOf, traceIdOf } from '@collabnet/telemetry';
import { OtlpReceiver } from '@collabnet/telemetry/testing';
import { asset, TestProxy } from './testing-proxy.ts';

let proxy: TestProxy;
let receiver: OtlpReceiver;

before(async () => {
  proxy = await TestProxy.start();
  receiver = await OtlpReceiver.start();
  await proxy.stop();
  proxy.tracer = await openTracer({ endpoint: receiver.endpoint, service: 'data-proxy', namespace: 'bank-b', logger: silentLogger(), delayMs: 10 });
  await proxy.run();
  await proxy.publish();
});
after(async () => {
  await proxy.close();
  await proxy.tracer?.close();
  await receiver.close();
});

/** Lines that were logged since, about a read. */
async function linesOf(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const from = proxy.lines.length;
  await work();
  return proxy.lines.slice(from).map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a read is a span of the attempt it serves, and its log line names the task', async () => {
  const flow = await proxy.bench.bring('Pending');
  const capability = await proxy.capability(flow);
  const [line] = await linesOf(async () => assert.equal((await proxy.read(capability)).status, 200));
  assert.deepEqual([line?.['msg'], line?.['flow'], line?.['trace'], line?.['step'], line?.['attempt']], ['read ended', flow.flowId, traceIdOf(flow.flowId), 'match', 1]);
  const [span] = await receiver.wait(1);
  assert.equal(span?.traceId, traceIdOf(flow.flowId));
  assert.equal(span.parent, spanIdOf(flow.flowId, attemptSpan({ party: proxy.bench.b.did, step: 'match', attempt: 1 })));
  assert.deepEqual([span.service, span.name, span.failure, span.attributes['collabnet.asset']], ['bank-b/data-proxy', 'data-proxy read', undefined, asset]);
  // Neither the number of rows nor of bytes, to which the ledger has commitments.
  assert.deepEqual(Object.keys(span.attributes).sort(), ['asset', 'attempt', 'flow_id', 'party', 'step'].map((word) => `collabnet.${word}`));
});

test('a refusal is a failed span with its code, and its line names the task', async () => {
  const flow = await proxy.bench.bring('Pending');
  const [line] = await linesOf(async () => assert.equal((await proxy.read(await proxy.capability(flow, { attempt: 7 }))).status, 403));
  assert.deepEqual([line?.['msg'], line?.['flow'], line?.['step'], line?.['attempt']], ['request refused', flow.flowId, 'match', 7]);
  const spans = await receiver.wait(2);
  assert.equal(spans[1]?.failure, line?.['code']);
});

test('nothing of a row is logged or exported, not even of one that cannot be read', async () => {
  const secrets = ['SECRET-ID', '2000-01-', '13.50'];
  const flow = await proxy.bench.bring('Pending');
  const good = Array.from({ length: 200 }, (_, index) => `SECRET-ID-${index},2000-01-01,13.50\n`).join('');
  for (const bad of ['SECRET-ID-x,2000-01-01\n', 'SECRET-ID-x,2000-01-01,13.50,SECRET-ID\n', '"SECRET-ID-x,2000-01-01,13.50\n', 'SECRET-ID-x,2000-01-99,13.50\n', 'SECRET-ID-x,2000-01-01,13.50x\n']) {
    await writeFile(join(proxy.folder, 'data', 'customers.csv'), `id,born,score\n${good}${bad}`);
    await proxy.read(await proxy.capability(flow, { columns: ['id', 'score'] })).catch(() => undefined);
  }
  await proxy.call('POST', '/v1/read', { headers: { 'collabnet-capability': 'SECRET-ID' } });
  await receiver.wait(4);
  assert.ok(proxy.lines.length > 6);
  for (const secret of secrets) {
    assert.deepEqual(proxy.lines.filter((line) => line.includes(secret)), []);
    assert.ok(receiver.bodies.every((body) => !body.includes(secret)));
  }
});
