import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomic } from '../lib/files.ts';
import { repositoryRoot } from '../lib/paths.ts';
import { performanceDocument } from './document.ts';
import { performanceNotesSchema, type PerformanceNotes } from './performance-figures.ts';

const FOLDER = join(repositoryRoot, 'docs');

export const performanceDocumentFile = join(FOLDER, 'performance.md');

/** What the last run of each part came to. @throws ZodError when the file is not one of ours */
export function performanceNotes(folder = FOLDER): PerformanceNotes {
  const file = notesFile(folder);
  return performanceNotesSchema.parse(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
}

/** Keeps what was measured in place of the runs before, and writes the document anew; other sizes and parts stay. */
export function notePerformance(measured: Partial<PerformanceNotes>, folder = FOLDER): void {
  writeAtomic(notesFile(folder), `${JSON.stringify(withMeasured(performanceNotes(folder), measured), null, 2)}\n`);
  writePerformanceDocument(folder);
}

/** Notes with what was measured in place of the runs before. */
export function withMeasured(known: PerformanceNotes, measured: Partial<PerformanceNotes>): PerformanceNotes {
  const { intersections: found = [], demo, ...others } = measured;
  const replaced = (rows: number, profile: string): boolean => found.some(({ figures }) => figures.rows === rows && figures.profile === profile);
  const kept = known.intersections.filter(({ figures: { rows, profile } }) => !replaced(rows, profile));
  // The national profile second, as the targets name them.
  const order = (a: PerformanceNotes['intersections'][number]['figures'], b: typeof a): number => a.rows - b.rows || b.profile.localeCompare(a.profile);
  return { ...known, ...others, demo: { ...known.demo, ...demo }, intersections: [...kept, ...found].sort((a, b) => order(a.figures, b.figures)) };
}

/** Writes the document of what is known. */
export function writePerformanceDocument(folder = FOLDER): void {
  writeAtomic(join(folder, 'performance.md'), performanceDocument(performanceNotes(folder)));
}

function notesFile(folder: string): string {
  return join(folder, 'performance.json');
}
