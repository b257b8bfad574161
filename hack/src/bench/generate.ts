/** Writes docs/performance.md anew from the figures beside it. */
import { writePerformanceDocument } from './performance-notes.ts';

writePerformanceDocument();
