import { BenchNotes } from '../bench/bench-notes.ts';
import { scaleDocument } from './document.ts';
import { scaleNotesSchema, type ScaleNotes } from './scale-figures.ts';

/** docs/scale.json and scale.md. */
export function scaleNotes(folder?: string): BenchNotes<ScaleNotes> {
  return new BenchNotes({ name: 'scale', schema: scaleNotesSchema, document: scaleDocument }, folder);
}
