import { BenchNotes } from './bench-notes.ts';
import { performanceDocument } from './document.ts';
import { performanceNotesSchema, type PerformanceNotes } from './performance-figures.ts';

/** docs/performance.json and performance.md. */
export function performanceNotes(folder?: string): BenchNotes<PerformanceNotes> {
  return new BenchNotes({ name: 'performance', schema: performanceNotesSchema, document: performanceDocument, merge: withMeasured }, folder);
}

/** Notes with what was measured in place of the runs before; other sizes and parts stay. */
export function withMeasured(known: PerformanceNotes, measured: Partial<PerformanceNotes>): PerformanceNotes {
  const { intersections: found = [], demo, ...others } = measured;
  const replaced = (rows: number, profile: string): boolean => found.some(({ figures }) => figures.rows === rows && figures.profile === profile);
  const kept = known.intersections.filter(({ figures: { rows, profile } }) => !replaced(rows, profile));
  // The national profile second, as the targets name them.
  const order = (a: PerformanceNotes['intersections'][number]['figures'], b: typeof a): number => a.rows - b.rows || b.profile.localeCompare(a.profile);
  return { ...known, ...others, demo: { ...known.demo, ...demo }, intersections: [...kept, ...found].sort((a, b) => order(a.figures, b.figures)) };
}
