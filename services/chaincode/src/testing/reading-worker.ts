import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { SyncReader } from '../sync-reader.ts';

// Reads keys one after another, some of them asked for ahead, and says which answers were not its own.
const { port, signal, reads } = workerData as { port: MessagePort; signal: Int32Array<SharedArrayBuffer>; reads: number };
const reader = new SyncReader(port, signal);
const wrong: string[] = [];
for (let n = 0; n < reads; n++) {
  const keys = [`key-${n}`, `ahead-${n}`, `never-${n}`];
  if (n % 3 === 0) reader.expect(keys.slice(n % 2));
  for (const key of keys.slice(0, 2)) {
    try {
      const read = reader.get(key);
      if (read?.value !== `value of ${key}`) wrong.push(`${key}: ${JSON.stringify(read?.value)}`);
    } catch (error) {
      wrong.push(`${key}: ${String(error)}`);
    }
  }
  reader.settle();
}
parentPort?.postMessage(wrong);
