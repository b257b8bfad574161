import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { Job } from '../job.ts';
import { runJob } from '../run-job.ts';
import { SyncReader } from '../sync-reader.ts';
import { testRelease } from './test-release.ts';

const { port, signal } = workerData as { port: MessagePort; signal: Int32Array<SharedArrayBuffer> };
const [reader, release] = [new SyncReader(port, signal), testRelease()];

parentPort?.on('message', (job: Job) => parentPort?.postMessage(runJob(reader, job, release)));
