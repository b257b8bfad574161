/** Writes docs/scale.md anew from the figures beside it. */
import { scaleNotes } from './scale-notes.ts';

scaleNotes().writeDocument();
