import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel, Worker } from 'node:worker_threads';
import { encodeStamped } from '@collabnet/fabric-execution';
import { ANSWERED, type Numbered, type ReadAnswer, type ReadRequest } from './read-protocol.ts';

const READS = 1_500;

test('a thread that is woken without an answer, or finds one of before, takes only the answer to its own read', async () => {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  port1.on('message', ({ id, body }: Numbered<ReadRequest>) => {
    const text = (key: string): string => encodeStamped(`value of ${key}`, { height: 1, time: 1 });
    const answer: ReadAnswer = 'get' in body ? { text: text(body.get) } : { texts: 'getAll' in body ? body.getAll.map(text) : [] };
    // What a main thread does that is stopped between setting the signal and waking: it wakes the wait for the next read.
    Atomics.notify(signal, ANSWERED);
    setImmediate(() => {
      if (id % 7 === 0) port1.postMessage({ id: id - 1, body: { text: encodeStamped('of before', { height: 1, time: 1 }) } });
      port1.postMessage({ id, body: answer });
      Atomics.add(signal, ANSWERED, 1);
      Atomics.notify(signal, ANSWERED);
      Atomics.notify(signal, ANSWERED);
    });
  });
  const worker = new Worker(new URL('./testing/reading-worker.js', import.meta.url), { workerData: { port: port2, signal, reads: READS }, transferList: [port2] });
  const [wrong] = (await once(worker, 'message')) as [string[]];
  assert.deepEqual(wrong, []);
  port1.close();
});
