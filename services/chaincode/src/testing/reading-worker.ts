import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { SyncReader } from '../sync-reader.ts';

// Reads keys one after another and says which answers were not its own.
const { port, signal, reads } = workerData as { port: MessagePort; signal: Int32Array<SharedArrayBuffer>; reads: number };
const reader = new SyncReader(port, signal);
const wrong: string[] = [];
for (let n = 0; n < reads; n++) {
  try {
    const read = reader.get(`key-${n}`);
    if (read?.value !== `value of key-${n}`) wrong.push(`key-${n}: ${JSON.stringify(read?.value)}`);
  } catch (error) {
    wrong.push(`key-${n}: ${String(error)}`);
  }
}
parentPort?.postMessage(wrong);
