import { ContractWorker, WORKER_PROGRAM, type AnswerRead } from './contract-worker.ts';
import type { Job, JobResult } from './job.ts';

/** Beyond this many waiting proposals a new one is turned away, so that the peer's own limit is not filled by a backlog. */
const MOST_WAITING = 500;

/**
 * Contract workers, made as they are needed. A worker sleeps while the peer reads for it, so that more than one a core are needed
 * to keep it busy; but each compiles the rules and makes the tables of the keys for itself, so that many take longer than few.
 */
export class WorkerPool {
  readonly #workers: ContractWorker[] = [];
  readonly #size: number;
  readonly #program: URL;
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(size: number, program = WORKER_PROGRAM) {
    this.#size = size;
    this.#program = program;
  }

  /** Proposals that wait for a worker. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs a job as soon as a worker is free; a worker that ended is replaced. */
  async run(job: Job, answer: AnswerRead): Promise<JobResult> {
    if (this.#waiting.length >= MOST_WAITING) return { failure: `${MOST_WAITING} proposals wait already; submit again` };
    let worker = this.#free();
    while (worker === undefined && !this.#closed) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      worker = this.#free();
    }
    if (worker === undefined) return { failure: 'the chaincode is shutting down; submit again' };
    try {
      return await worker.run(job, answer);
    } finally {
      this.#waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  #free(): ContractWorker | undefined {
    if (this.#closed) return undefined;
    const dead = this.#workers.findIndex((worker) => !worker.alive);
    if (dead >= 0) this.#workers.splice(dead, 1);
    const free = this.#workers.find((worker) => !worker.busy);
    // One cold worker at a time: many that load the contracts at once would keep all proposals waiting.
    if (free !== undefined || this.#workers.length === this.#size || this.#workers.some(({ warm }) => !warm)) return free;
    const made = new ContractWorker(this.#program);
    this.#workers.push(made);
    return made;
  }
}
