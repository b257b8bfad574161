import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** What figures depend on. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryBytes: number;
  readonly kernel: string;
  /** Average number of runnable threads in the minute before the bench. */
  readonly load: number;
}

export function thisMachine(): Machine {
  return { cores: availableParallelism(), cpu: cpus()[0]?.model.trim() ?? 'unknown', memoryBytes: totalmem(), kernel: release(), load: loadavg()[0] ?? 0 };
}
