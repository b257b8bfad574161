import { table } from './markdown.ts';
import type { PerformanceNotes } from './performance-figures.ts';

export function demoSection({ demo: { cold, warm } }: PerformanceNotes): string {
  type Run = NonNullable<typeof cold>;
  const known = [...(cold ? [['cold', cold] as const] : []), ...(warm ? [['warm', warm] as const] : [])];
  if (known.length === 0) return '## The demo\nNo run is noted on this machine: `make demo` notes one.';
  const titles = [...new Set(known.flatMap(([, { phases }]) => phases.map(({ title }) => title)))];
  const phase = (run: Run, title: string): string => run.phases.find((each) => each.title === title)?.seconds.toFixed(1) ?? '';
  const rest = (run: Run): string => Math.max(0, run.seconds - run.phases.reduce((sum, { seconds }) => sum + seconds, 0)).toFixed(1);
  return `## The demo
${table(
  ['phase, s', ...known.map(([kind, { date }]) => `${kind} (${date.slice(0, 10)})`)],
  [
    ...titles.map((title) => [title, ...known.map(([, run]) => phase(run, title))]),
    ['setup, reading the data, report', ...known.map(([, run]) => rest(run))],
    ['**all**', ...known.map(([, run]) => `**${run.seconds.toFixed(1)}**`)],
  ],
)}

Cold: the last run on this machine that found no cluster; what \`make setup\` had to fetch and compile is in the row "setup". Warm: the last run that found one.`;
}
