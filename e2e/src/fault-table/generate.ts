/** Writes docs/faults.md anew from what the tests noted and from the names of the tests. */
import { writeDocument } from './note.ts';

writeDocument();
