import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomic } from '../lib/files.ts';
import { cacheDir } from '../lib/paths.ts';
import { scaleFiguresSchema, type ScaleFigures } from './scale-figures.ts';

/** Parts of the bench, in the order of the document; each runs in a world of its own. */
export const SCALE_PARTS = ['resources', 'finish', 'rate', 'disconnects', 'churn', 'fail-over', 'cert-manager'] as const;
export type ScalePart = (typeof SCALE_PARTS)[number];

const noteSchema = z.object({
  /** ISO 8601, start of the run. */
  date: z.string(),
  /** Runnable threads in the minute before. */
  load: z.number(),
  figures: scaleFiguresSchema,
});
export type ScaleNote = z.output<typeof noteSchema>;

export const scaleNotesFolder = join(cacheDir, 'bench-scale');

/** Keeps the last run of a part on this machine: an hour's run need not be repeated for another part's sake. */
export function noteScale(part: ScalePart, note: { date: string; load: number; figures: ScaleFigures }, folder = scaleNotesFolder): void {
  mkdirSync(folder, { recursive: true });
  writeAtomic(join(folder, `${part}.json`), `${JSON.stringify(note, null, 2)}\n`);
}

/** @throws ZodError when a note is not one */
export function lastScale(part: ScalePart, folder = scaleNotesFolder): ScaleNote | undefined {
  const file = join(folder, `${part}.json`);
  return existsSync(file) ? noteSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}
