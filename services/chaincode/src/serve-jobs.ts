import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { CURRENT_RELEASE } from '@collabnet/contracts';
import { expectedReads } from '@collabnet/fabric-execution';
import type { Job } from './job.ts';
import { runJob } from './run-job.ts';
import { SyncReader } from './sync-reader.ts';

/** What a thread of contracts does: one proposal after another, read through the main thread. */
export function serveJobs(release = CURRENT_RELEASE): void {
  const { port, signal } = workerData as { port: MessagePort; signal: Int32Array<SharedArrayBuffer> };
  const reader = new SyncReader(port, signal);
  parentPort?.on('message', (job: Job) => {
    if (job.name === 'submit') reader.expect(expectedReads(job.tx));
    const result = runJob(reader, job, release);
    reader.settle();
    parentPort?.postMessage(result);
  });
}
