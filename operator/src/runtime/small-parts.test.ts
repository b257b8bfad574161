import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeClock } from '../testing/fake-clock.ts';
import { rfc3339, rfc3339Micro, sleep } from './clock.ts';
import { StalledError, WaitError, describeError } from './errors.ts';
import { deepFreeze } from './freeze.ts';
import { KubeError, fromStatus } from './kube-error.ts';
import type { KubeObject } from './kube-types.ts';
import { CORE, resourcePath } from './resource-types.ts';
import { sameJson } from './stable-json.ts';
import { ObjectStore } from './store.ts';
import { TokenBucket } from './token-bucket.ts';
import { LineSplitter, watchStream } from './watch-stream.ts';

test('MicroTime has exactly six fractional digits', () => {
  assert.equal(rfc3339Micro(Date.UTC(2026, 0, 2, 3, 4, 5, 7)), '2026-01-02T03:04:05.007000Z');
  assert.equal(rfc3339(Date.UTC(2026, 0, 2, 3, 4, 5, 999)), '2026-01-02T03:04:05Z');
});

test('sleep ends at its time or at an abort', async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  let woken = 0;
  void sleep(clock, 1_000).then(() => (woken += 1));
  void sleep(clock, 9_000, controller.signal).then(() => (woken += 1));
  await clock.advance(999);
  assert.equal(woken, 0);
  await clock.advance(1);
  assert.equal(woken, 1);
  controller.abort();
  await clock.advance(0);
  assert.equal(woken, 2);
  assert.equal(clock.pendingTimers, 0);
});

test('any cutting of a byte stream gives the same lines', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\n'))),
      fc.infiniteStream(fc.integer({ min: 1, max: 7 })),
      (lines, sizes) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const splitter = new LineSplitter();
        const found: string[] = [];
        for (let at = 0; at < bytes.length;) {
          const size = sizes.next().value as number;
          found.push(...splitter.push(bytes.subarray(at, at + size)));
          at += size;
        }
        assert.deepEqual(found, lines);
      },
    ),
  );
});

test('a watch drops an unfinished last line and reports an ERROR event by its code', async () => {
  const seen: string[] = [];
  const open = (text: string) => () => Promise.resolve(Readable.from([Buffer.from(text)]));
  const event = '{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n';
  await watchStream(open(`${event}{"type":"ADD`), {}, ({ object }) => seen.push(object.metadata.name));
  assert.deepEqual(seen, ['a']);
  const gone = '{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}\n';
  await assert.rejects(
    watchStream(open(gone), {}, () => undefined),
    { code: 'KUBE_GONE' },
  );
  await assert.rejects(
    watchStream(open('nonsense\n'), {}, () => undefined),
    { code: 'KUBE_INTERNAL' },
  );
});

test('a silent watch ends with a time-out', async () => {
  const open = (signal: AbortSignal): Promise<Readable> => {
    const body = new Readable({ read: () => undefined });
    signal.addEventListener('abort', () => body.destroy(signal.reason as Error));
    return Promise.resolve(body);
  };
  await assert.rejects(
    watchStream(open, { inactivityMs: 30 }, () => undefined),
    { code: 'KUBE_TIMEOUT' },
  );
});

test('API answers map to stable codes', () => {
  const code = (status: number, reason?: string): string => fromStatus(status, { reason }, 'x').code;
  assert.deepEqual(
    [404, 410, 422, 429, 503].map((status) => code(status)),
    ['KUBE_NOT_FOUND', 'KUBE_GONE', 'KUBE_INVALID', 'KUBE_THROTTLED', 'KUBE_UNAVAILABLE'],
  );
  assert.equal(code(409, 'AlreadyExists'), 'KUBE_ALREADY_EXISTS');
  assert.equal(code(409, 'Conflict'), 'KUBE_CONFLICT');
  assert.equal(fromStatus(429, undefined, 'x', '3').retryAfterMs, 3_000);
});

test('a name cannot leave its path segment', () => {
  assert.equal(
    resourcePath(CORE.pod, { namespace: 'a', name: '../secrets/b' }),
    '/api/v1/namespaces/a/pods/..%2Fsecrets%2Fb',
  );
  assert.equal(
    resourcePath(CORE.networkPolicy, { namespace: 'a' }),
    '/apis/networking.k8s.io/v1/namespaces/a/networkpolicies',
  );
});

test('a message for the status holds no secret and is short', () => {
  const leaky = new Error('dial nats://user:hunter2@hub failed, token=abc.def, ' + 'x'.repeat(900));
  const { reason, message } = describeError(leaky);
  assert.equal(reason, 'InternalError');
  assert.ok(!message.includes('hunter2') && !message.includes('abc.def'));
  assert.ok(message.length <= 512);
  assert.equal(describeError(new KubeError('KUBE_FORBIDDEN', 'no')).reason, 'KubernetesForbidden');
});

test('reasons must fit a condition', () => {
  assert.throws(() => new StalledError('not a reason', ''), TypeError);
  assert.throws(() => new WaitError('Fine', '', Number.NaN), TypeError);
});

test('frozen objects refuse changes at every depth', () => {
  const value = deepFreeze({ a: { b: [{ c: 1 }] } });
  assert.throws(() => ((value.a.b[0] as { c: number }).c = 2), TypeError);
});

test('JSON comparison ignores key order and undefined', () => {
  assert.ok(sameJson({ a: 1, b: { c: 2, d: undefined } }, { b: { c: 2 }, a: 1 }));
  assert.ok(!sameJson({ a: [1, 2] }, { a: [2, 1] }));
});

test('indexes of a store follow every change', () => {
  const store = new ObjectStore<KubeObject>({ app: (object) => [object.metadata.labels?.['app'] ?? ''] });
  const make = (name: string, app: string): KubeObject => ({ metadata: { name, namespace: 'n', labels: { app } } });
  store.set(make('a', 'x'));
  store.set(make('b', 'x'));
  store.set(make('a', 'y'));
  assert.deepEqual(
    store.lookup('app', 'x').map(({ metadata }) => metadata.name),
    ['b'],
  );
  store.delete('n/a');
  assert.deepEqual(store.lookup('app', 'y'), []);
  assert.throws(() => store.lookup('none', 'x'), TypeError);
});

test('a token bucket allows its burst and then its rate', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, 2, 1_000);
  assert.deepEqual([bucket.take(), bucket.take(), bucket.take()], [true, true, false]);
  await clock.advance(1_000);
  assert.deepEqual([bucket.take(), bucket.take()], [true, false]);
});
