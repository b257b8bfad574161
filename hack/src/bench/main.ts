import { randomBytes } from 'node:crypto';
import { noteLedger } from '../bench-ledger/ledger-notes.ts';
import { ledgerDriver } from '../demo/ledger.ts';
import { lastRun } from '../demo/run-notes.ts';
import { runMain } from '../lib/main-guard.ts';
import { runSteps, say, totalTime } from '../lib/progress.ts';
import { assertDriver, networkIsThere, runDemo } from './demo-network.ts';
import { performanceDocument } from './document.ts';
import { intersectionSteps } from './intersection-steps.ts';
import { exportChain } from './ledger-times.ts';
import { thisMachine } from './machine.ts';
import { jobFigures } from './measure-job.ts';
import { psiFigures } from './measure-psi.ts';
import { measureSm2 } from './measure-sm2.ts';
import { startFigures } from './measure-start.ts';
import { benchOptions, type BenchPart } from './options.ts';
import { performanceNotesSchema, type PerformanceNotes } from './performance-figures.ts';
import { notePerformance, performanceDocumentFile } from './performance-notes.ts';
import { startSteps } from './start-steps.ts';

runMain(async () => {
  const ledger = ledgerDriver([]);
  const named = benchOptions(process.argv.slice(2));
  // The ledger is not on the path of an intersection: on Fabric only what waits for it is measured.
  const options = ledger === 'fabric' ? { ...named, parts: ['start'] as const } : named;
  const has = (part: BenchPart): boolean => options.parts.some((each) => each === part);
  const machine = thisMachine();
  const date = new Date().toISOString();
  const id = randomBytes(3).toString('hex');

  const intersection = intersectionSteps(has('intersection') ? options : { ...options, rows: [] }, id);
  const start = startSteps(has('start') ? options.tasks : 0, id);
  const onCluster = [...intersection.steps, ...start.steps];
  if (onCluster.length > 0) {
    await runSteps([
      { title: 'Network of the demo', work: async () => ((await networkIsThere().catch(() => false)) ? 'there' : runDemo()) },
      { title: `Its ledger is ${ledger}`, work: () => assertDriver(ledger) },
    ]);
    try {
      await runSteps(onCluster);
    } finally {
      await runSteps([...intersection.cleanUp, ...start.cleanUp]);
    }
  }
  if (has('demo')) await runSteps([{ title: 'The demo once more, warm', work: runDemo }]);

  const chain = onCluster.length > 0 ? await exportChain() : [];
  const started = start.tasks.length === 0 ? undefined : startFigures(chain, start.tasks);
  if (ledger === 'fabric' && started !== undefined) {
    if (options.quick) return say(JSON.stringify(started, null, 2));
    noteLedger('start', { date, machine, figures: { start: started } });
    return say(`\nwrote docs/fabric-performance.md after ${totalTime()}`);
  }
  const measured: PerformanceNotes = performanceNotesSchema.parse({
    intersections: intersection.groups().map((runs) => ({ date, machine, figures: psiFigures(chain, runs) })),
    ...(started && { start: { date, machine, figures: { start: started, job: jobFigures(start.jobSeconds) } } }),
    ...(has('sm2') && { sm2: { date, machine, figures: measureSm2(options.quick ? 4 : 30) } }),
    demo: { cold: lastRun(true), warm: lastRun(false) },
  });
  if (options.quick) return say(`\n${performanceDocument(measured)}`);
  notePerformance(measured);
  say(`\nwrote ${performanceDocumentFile} after ${totalTime()}`);
});
