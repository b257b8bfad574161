import { z } from 'zod';
import { machineSchema } from './machine.ts';

type Note<Figures extends z.ZodType> = z.ZodObject<{ date: z.ZodString; machine: typeof machineSchema; figures: Figures }>;

/** Schema of what one part of a bench came to: start of the run (ISO 8601), the machine with its `load` of the minute before, and the figures. */
export function partNote<Figures extends z.ZodType>(figures: Figures): Note<Figures> {
  return z.object({ date: z.string(), machine: machineSchema, figures });
}
