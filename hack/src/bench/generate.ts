/** Writes docs/performance.md anew from the figures beside it. */
import { performanceNotes } from './performance-notes.ts';

performanceNotes().writeDocument();
