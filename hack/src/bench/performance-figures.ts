import { z } from 'zod';
import { WIRE_PROFILES } from '@collabnet/flow';
import { partNote } from './part-note.ts';

const count = z.int().nonnegative();

/** Processor seconds that a measured time took. */
export const spentSchema = z.object({
  wall: z.number(),
  /** Of all processors together. */
  busy: z.number(),
  /** Of all processors together: what a hypervisor gave to other machines while something here wanted to run. */
  stolen: z.number(),
  /** Seconds by part; what nobody is known for is `everything else`. */
  parts: z.record(z.string(), z.number()),
});
export type Spent = z.output<typeof spentSchema>;

/** Medians over the runs; of the two parties the slower or larger one. Seconds and bytes. */
const psiFiguresSchema = z.object({
  rows: count,
  profile: z.enum(WIRE_PROFILES),
  runs: count,
  task: z.object({ prepare: z.number(), align: z.number(), compute: z.number(), clean: z.number(), engineMemory: count, courierMemory: count, exchanged: count }),
  bare: z.object({ connect: z.number(), compute: z.number(), memory: count, exchanged: count }),
  /** Processor time while the task ran, and while the bare engines did: of the run in the middle. */
  spent: z.object({ task: spentSchema, bare: spentSchema }),
  /** Compute of the task against compute of the bare engine. */
  ratio: z.number(),
});
export type PsiFigures = z.output<typeof psiFiguresSchema>;

/** One step on shares; of the two parties the slower or larger one. Seconds and bytes. */
const mpcFiguresSchema = z.object({
  operator: z.string(),
  parameters: z.string(),
  rows: count,
  columns: count,
  task: z.object({ compute: z.number(), memory: count, exchanged: count }),
  bare: z.object({ compute: z.number(), memory: count, exchanged: count }),
  ratio: z.number(),
});
export type MpcFigures = z.output<typeof mpcFiguresSchema>;

/** One step of the engine for sets; of the two parties the slower or larger one. Seconds and bytes. */
const setsFiguresSchema = z.object({
  operator: z.string(),
  parameters: z.string(),
  rowsOfA: count,
  rowsOfB: count,
  task: z.object({ compute: z.number(), memory: count, exchanged: count }),
  bare: z.object({ compute: z.number(), memory: count }),
  ratio: z.number(),
});
export type SetsFigures = z.output<typeof setsFiguresSchema>;

/** Seconds from the last approval to the first engine message, and the medians of its parts. */
export const startFiguresSchema = z.object({
  tasks: count,
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
  /** Processor time from the approval until bank A sees the task run: means. */
  spent: spentSchema,
  /** Medians: approval to both pods reserved, to the start on the ledger, to the first byte on the ledger. */
  parts: z.object({ reserve: z.number(), start: z.number(), firstByte: z.number() }),
});
export type StartFigures = z.output<typeof startFiguresSchema>;

/** Seconds from the creation of a plain Kubernetes Job to the first line of its process. */
const jobFiguresSchema = z.object({ jobs: count, p50: z.number(), p95: z.number() });
export type JobFigures = z.output<typeof jobFiguresSchema>;

/** One operation of SM2, timed in turn with the package that is the baseline: processor time of one, microseconds, medians. */
const sm2FiguresSchema = z.object({ operation: z.string(), ours: z.number(), baseline: z.number() });
export type Sm2Figures = z.output<typeof sm2FiguresSchema>;

const demoRunSchema = z.object({
  date: z.string(),
  cold: z.boolean(),
  seconds: z.number(),
  phases: z.array(z.object({ title: z.string(), seconds: z.number() })).readonly(),
});

/** The last run of each part; of intersections that of each size and profile. */
export const performanceNotesSchema = z.object({
  intersections: z.array(partNote(psiFiguresSchema)).default([]),
  start: partNote(z.object({ start: startFiguresSchema, job: jobFiguresSchema })).optional(),
  sm2: partNote(z.array(sm2FiguresSchema)).optional(),
  mpc: partNote(z.array(mpcFiguresSchema)).optional(),
  sets: partNote(z.array(setsFiguresSchema)).optional(),
  demo: z.object({ cold: demoRunSchema.optional(), warm: demoRunSchema.optional() }).default({}),
});
export type PerformanceNotes = z.output<typeof performanceNotesSchema>;
