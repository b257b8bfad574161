import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, silentLogger } from '@collabnet/telemetry';
import { FakeClock } from '../testing/fake-clock.ts';
import { systemClock } from './clock.ts';
import { WorkQueue } from './work-queue.ts';

function make(clock = new FakeClock()): {
  queue: WorkQueue;
  clock: FakeClock;
  metrics: ReturnType<typeof createMetrics>;
} {
  const metrics = createMetrics('test');
  return { queue: new WorkQueue({ name: 'q', logger: silentLogger(), metrics, clock }), clock, metrics };
}

test('a key added many times waits once, in the order of the first add', async () => {
  const { queue, clock } = make();
  const seen: string[] = [];
  for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
  assert.equal(queue.depth, 3);
  queue.start(1, (key) => Promise.resolve(void seen.push(key)));
  await clock.advance(0);
  assert.deepEqual(seen, ['a', 'b', 'c']);
});

test('a key added while it runs runs once more, never twice at a time', async () => {
  const { queue, clock } = make();
  let running = 0;
  let runs = 0;
  const gates: (() => void)[] = [];
  queue.start(4, async () => {
    assert.equal(++running, 1);
    runs += 1;
    await new Promise<void>((resolve) => gates.push(resolve));
    running -= 1;
  });
  queue.add('a');
  await clock.advance(0);
  queue.add('a');
  queue.add('a');
  await clock.advance(0);
  assert.equal(runs, 1);
  gates.shift()?.();
  await clock.advance(0);
  assert.equal(runs, 2);
  gates.shift()?.();
  await clock.advance(0);
  assert.equal(runs, 2);
});

test('of several delays of a key the earliest counts, and only once', async () => {
  const { queue, clock } = make();
  const at: number[] = [];
  queue.start(1, () => Promise.resolve(void at.push(clock.monotonic())));
  queue.addAfter('a', 5_000);
  queue.addAfter('a', 1_000);
  queue.addAfter('a', 9_000);
  await clock.advance(20_000);
  assert.deepEqual(at, [2_000]);
});

test('failures back off from 1 s to 5 min and forget starts over', async () => {
  const { queue, clock } = make();
  clock.randomValue = 1;
  const delays = Array.from({ length: 12 }, () => queue.addRateLimited('a'));
  assert.deepEqual(delays.slice(0, 4), [1_000, 2_000, 4_000, 8_000]);
  assert.equal(delays.at(-1), 300_000);
  assert.equal(queue.failures('a'), 12);
  queue.forget('a');
  clock.randomValue = 0;
  assert.equal(queue.addRateLimited('a'), 750);
  await queue.drain(0);
});

test('a handler that throws is retried with back-off and does not stop the queue', async () => {
  const { queue, clock } = make();
  let tries = 0;
  queue.start(1, () => (++tries < 3 ? Promise.reject(new Error('no')) : Promise.resolve()));
  queue.add('a');
  await clock.advance(10_000);
  assert.equal(tries, 3);
});

test('drain drops what waits, waits for what runs and takes nothing more', async () => {
  const { queue, clock } = make();
  let finish: (() => void) | undefined;
  const seen: string[] = [];
  queue.start(1, async (key) => {
    seen.push(key);
    await new Promise<void>((resolve) => (finish = resolve));
  });
  queue.add('a');
  queue.add('b');
  queue.addAfter('c', 100);
  await clock.advance(0);
  const drained = queue.drain(1_000);
  queue.add('d');
  finish?.();
  assert.equal(await drained, true);
  await clock.advance(5_000);
  assert.deepEqual(seen, ['a']);
  assert.equal(clock.pendingTimers, 0);
});

test('drain gives up on a handler that hangs', async () => {
  const { queue, clock } = make();
  queue.start(1, () => new Promise(() => undefined));
  queue.add('a');
  await clock.advance(0);
  const drained = queue.drain(1_000);
  await clock.advance(1_000);
  assert.equal(await drained, false);
  assert.ok(queue.longestRunningMs() >= 1_000);
});

test('under load no key is lost, none runs twice at a time, and the metrics add up', async () => {
  const metrics = createMetrics('load');
  const queue = new WorkQueue({
    name: 'load',
    logger: silentLogger(),
    metrics,
    clock: systemClock,
    backoff: { baseMs: 1, maxMs: 20 },
  });
  const wanted = new Map<string, number>();
  const done = new Map<string, number>();
  const active = new Set<string>();
  let peak = 0;
  queue.start(10, async (key) => {
    assert.ok(!active.has(key), `${key} runs twice at a time`);
    active.add(key);
    peak = Math.max(peak, active.size);
    const version = wanted.get(key) ?? 0;
    await new Promise((resolve) => setImmediate(resolve));
    active.delete(key);
    if (Math.random() < 0.05) throw new Error('chance');
    done.set(key, version);
  });
  for (let round = 0; round < 20_000; round++) {
    const key = `k${Math.floor(Math.random() * 2_000)}`;
    wanted.set(key, (wanted.get(key) ?? 0) + 1);
    queue.add(key);
    if (round % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const lagging = (): string[] => [...wanted].filter(([key, version]) => done.get(key) !== version).map(([key]) => key);
  for (let wait = 0; wait < 500 && lagging().length > 0; wait++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(lagging(), []);
  assert.equal(peak, 10);
  const text = await metrics.registry.metrics();
  assert.match(text, /load_queue_depth\{queue="load"\} 0/);
  assert.match(text, /load_queue_retries_total\{queue="load"\} [1-9]/);
  await queue.drain(100);
});
