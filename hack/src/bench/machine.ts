import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { z } from 'zod';

/** What figures depend on. */
export const machineSchema = z.object({
  cores: z.number(),
  cpu: z.string(),
  memoryBytes: z.number(),
  kernel: z.string(),
  /** Average number of runnable threads in the minute before the bench. */
  load: z.number(),
});
export type Machine = z.output<typeof machineSchema>;

export function thisMachine(): Machine {
  return { cores: availableParallelism(), cpu: cpus()[0]?.model.trim() ?? 'unknown', memoryBytes: totalmem(), kernel: release(), load: loadavg()[0] ?? 0 };
}
