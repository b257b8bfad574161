import { z } from 'zod';
import { partNote } from '../bench/part-note.ts';

const ms = z.number();
const bytes = z.number();

/** Start of an operator on tasks that have ended. */
const resourceFigures = z.object({
  tasks: z.number(),
  /** Of them with their transactions on the ledger. */
  onLedger: z.number(),
  warm: z.boolean(),
  listedMs: ms,
  followingMs: ms,
  freshMs: ms,
  resident: bytes,
  peak: bytes,
  heap: bytes,
  processorSeconds: z.number(),
});

const controllerFigures = z.object({ objects: z.number(), perSecond: z.number(), residentBefore: bytes, residentAfter: bytes, restartMs: ms, processorSeconds: z.number() });

/** What `operator/dist/scale/main.js` writes: times in ms, memory in bytes. A part that was not run is missing. */
export const scaleFiguresSchema = z.object({
  resources: z.array(resourceFigures).default([]),
  finish: z.object({ tasks: z.number(), ms, operatorSeconds: z.number(), ledgerSeconds: z.number() }).optional(),
  rate: z.object({ perSecond: z.number(), seconds: z.number(), changes: z.number(), p50: ms, p99: ms, max: ms, lost: z.number() }).optional(),
  disconnects: z.object({ cuts: z.number(), connections: z.number(), changes: z.number(), lost: z.number(), p99: ms }).optional(),
  churn: z
    .object({ minutes: z.number(), tasks: z.number(), samples: z.array(z.object({ minute: z.number(), heap: bytes, resident: bytes, descriptors: z.number() })) })
    .optional(),
  failOver: z.object({ reconcileMs: z.array(ms), followingMs: z.array(ms) }).optional(),
  certManager: z.object({ certManager: controllerFigures, ours: controllerFigures }).optional(),
});

export type ScaleFigures = z.output<typeof scaleFiguresSchema>;

/** Parts of the bench, in the order of the document; each runs in a world of its own and keeps its last run. */
export const SCALE_PARTS = ['resources', 'finish', 'rate', 'disconnects', 'churn', 'fail-over', 'cert-manager'] as const;
export type ScalePart = (typeof SCALE_PARTS)[number];

const noteSchema = partNote(scaleFiguresSchema);
export type ScaleNote = z.output<typeof noteSchema>;

export const scaleNotesSchema = z.partialRecord(z.enum(SCALE_PARTS), noteSchema);
export type ScaleNotes = z.output<typeof scaleNotesSchema>;
export type ControllerFigures = z.output<typeof controllerFigures>;
