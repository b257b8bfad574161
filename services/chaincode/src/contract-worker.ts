import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { Job, JobResult } from './job.ts';
import { ANSWERED, type Numbered, type ReadAnswer, type ReadRequest } from './read-protocol.ts';

/** Answers what a job reads. */
export type AnswerRead = (request: ReadRequest) => Promise<ReadAnswer>;

/** What a thread of contracts runs, unless told otherwise. */
export const WORKER_PROGRAM = new URL('./worker.js', import.meta.url);

/** One thread that runs one job at a time. */
export class ContractWorker {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  #answer: AnswerRead | undefined;
  #settle: ((result: JobResult) => void) | undefined;

  constructor(program = WORKER_PROGRAM) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.on('message', (request: Numbered<ReadRequest>) => void this.#serve(request));
    this.#worker = new Worker(program, { workerData: { port: port2, signal: this.#signal }, transferList: [port2] });
    this.#worker.on('message', (result: JobResult) => {
      this.warm = true;
      this.#end(result);
    });
    this.#worker.on('error', (error) => this.#end({ failure: `a contract worker failed: ${String(error)}` }));
    this.#worker.on('exit', () => {
      this.alive = false;
      this.#end({ failure: 'a contract worker ended' });
    });
  }

  alive = true;
  /** Has run a job: the contracts are loaded. */
  warm = false;

  /** Whether a job is under way. */
  get busy(): boolean {
    return this.#settle !== undefined;
  }

  run(job: Job, answer: AnswerRead): Promise<JobResult> {
    this.#answer = answer;
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#worker.postMessage(job);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
    this.#port.close();
  }

  async #serve({ id, body }: Numbered<ReadRequest>): Promise<void> {
    let answer: ReadAnswer;
    try {
      answer = (await this.#answer?.(body)) ?? { failed: 'no proposal is being run' };
    } catch (error) {
      answer = { failed: error instanceof Error ? error.message : String(error) };
    }
    this.#port.postMessage({ id, body: answer } satisfies Numbered<ReadAnswer>);
    Atomics.add(this.#signal, ANSWERED, 1);
    Atomics.notify(this.#signal, ANSWERED);
  }

  #end(result: JobResult): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(result);
  }
}
