/** Writes docs/faults.md and docs/faults-fabric.md anew from what the tests noted and from the names of the tests. */
import { DRIVERS, writeDocument } from './note.ts';

for (const driver of DRIVERS) writeDocument(driver);
