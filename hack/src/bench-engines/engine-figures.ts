import { z } from 'zod';
import { BenchNotes } from '../bench/bench-notes.ts';
import { machineSchema } from '../bench/machine.ts';
import { enginesDocument } from './document.ts';

const pair = z.object({ seconds: z.number(), processorSeconds: z.number(), peakMemory: z.number() });

/** Of one comparison: medians over the runs. */
export const comparedSchema = z.object({ title: z.string(), rows: z.number(), ours: pair, other: pair });
export type Compared = z.output<typeof comparedSchema>;

export const engineNotesSchema = z.object({
  pairs: z.object({ date: z.string(), machine: machineSchema, runs: z.number(), compared: z.array(comparedSchema) }).optional(),
});
export type EngineNotes = z.output<typeof engineNotesSchema>;

export function engineNotes(folder?: string): BenchNotes<EngineNotes> {
  return new BenchNotes({ name: 'engines-performance', schema: engineNotesSchema, document: enginesDocument }, folder);
}
