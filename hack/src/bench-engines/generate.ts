/** Writes docs/engines-performance.md anew from the figures beside it. */
import { engineNotes } from './engine-figures.ts';

engineNotes().writeDocument();
