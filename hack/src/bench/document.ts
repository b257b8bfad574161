import { demoSection } from './document-demo.ts';
import { intersectionSection } from './document-intersection.ts';
import { mpcSection } from './document-mpc.ts';
import { processorsSection } from './document-processors.ts';
import { setsSection } from './document-sets.ts';
import { sm2Section } from './document-sm2.ts';
import { startSection } from './document-start.ts';
import { targetsSection } from './document-targets.ts';
import { count, table } from './markdown.ts';
import type { PerformanceNotes } from './performance-figures.ts';

/** The text of docs/performance.md: the same figures always give the same bytes. */
export function performanceDocument(notes: PerformanceNotes): string {
  const { intersections, mpc, sets, start, sm2 } = notes;
  const psi = intersections.map(({ figures }) => figures);
  const parts = [
    head(notes),
    targetsSection(notes),
    intersectionSection(psi),
    mpc === undefined ? '' : mpcSection(mpc.figures),
    sets === undefined ? '' : setsSection(sets.figures),
    start === undefined ? '' : startSection(start.figures.start, start.figures.job),
    processorsSection(notes),
    sm2 === undefined ? '' : sm2Section(sm2.figures),
    demoSection(notes),
    repeat(),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function head({ intersections, mpc, sets, start, sm2 }: PerformanceNotes): string {
  const runs = [
    ...intersections.map(({ figures: { rows, profile }, ...run }) => ({ part: `intersection of ${count(rows)} rows, ${profile}`, ...run })),
    ...(mpc === undefined ? [] : [{ part: 'steps on shares', date: mpc.date, machine: mpc.machine }]),
    ...(sets === undefined ? [] : [{ part: 'steps of the engine for sets', date: sets.date, machine: sets.machine }]),
    ...(start === undefined ? [] : [{ part: 'start', date: start.date, machine: start.machine }]),
    ...(sm2 === undefined ? [] : [{ part: 'SM2', date: sm2.date, machine: sm2.machine }]),
  ];
  return `# Performance
Written by \`make bench\` from \`performance.json\`; do not edit. Each row of a table comes from one run on one machine; compare ratios, not seconds.
What the operator does with many resources and over long times is in [scale.md](scale.md), the ledger on Fabric in [fabric-performance.md](fabric-performance.md).

${table(
  ['part', 'begun', 'machine', 'load before'],
  runs.map(({ part, date, machine: { cores, cpu, memoryBytes, kernel, load } }) => [
    part,
    `${date.slice(0, 16).replace('T', ' ')} UTC`,
    `${cores} cores, ${cpu}, ${(memoryBytes / 1024 ** 3).toFixed(1)} GiB, kernel ${kernel}`,
    `${load.toFixed(1)}${load > cores / 2 ? ': not idle, absolute times are too long' : ''}`,
  ]),
)}`;
}

function repeat(): string {
  return `## Once more
\`\`\`
make cluster-down demo      # notes a cold run
make bench                  # all parts
node hack/src/bench/main.ts --parts intersection --rows 10000000 --runs 1     # one part: intersection, mpc, sets, start, sm2 or demo
\`\`\`
\`make bench\` uses the institutions of the demo (and runs it first, if they are not there), and removes its own tasks, assets and volumes afterwards.
\`--quick\` tries the bench itself: 1,000 rows, two tasks, the document on standard output. On a busy machine the figures are those of the others.`;
}
