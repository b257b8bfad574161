import { ledgerNotes } from '../bench-ledger/ledger-notes.ts';
import { ledgerDriver } from '../demo/ledger.ts';
import { runMain } from '../lib/main-guard.ts';
import { runSteps, say, totalTime } from '../lib/progress.ts';
import { assertDriver, networkIsThere, runDemo } from './demo-network.ts';
import { performanceDocument } from './document.ts';
import { benchOptions } from './options.ts';
import type { PerformanceNotes } from './performance-figures.ts';
import { performanceNotes, withMeasured } from './performance-notes.ts';
import { ON_CLUSTER, runParts } from './run-parts.ts';

runMain(async () => {
  const ledger = ledgerDriver([]);
  const named = benchOptions(process.argv.slice(2));
  // The ledger is not on the path of an intersection: on Fabric only what waits for it is measured.
  const options = ledger === 'fabric' ? { ...named, parts: ['start'] as const } : named;

  if (options.parts.some((part) => ON_CLUSTER.includes(part))) {
    await runSteps([
      { title: 'Network of the demo', work: async () => ((await networkIsThere().catch(() => false)) ? 'there' : runDemo()) },
      { title: `Its ledger is ${ledger}`, work: () => assertDriver(ledger) },
    ]);
  }

  let measured: PerformanceNotes = { intersections: [], demo: {} };
  await runParts(options, (part) => {
    measured = withMeasured(measured, part);
    if (options.quick) return;
    if (ledger !== 'fabric') performanceNotes().note(part);
    else if (part.start !== undefined) ledgerNotes().note({ start: { ...part.start, figures: { start: part.start.figures.start } } });
  });
  if (options.quick) return say(`\n${performanceDocument(measured)}`);
  say(`\nwrote ${(ledger === 'fabric' ? ledgerNotes() : performanceNotes()).documentFile} after ${totalTime()}`);
});
