import { count, table } from './markdown.ts';
import type { PsiFigures } from './measure-psi.ts';
import type { StartFigures } from './measure-start.ts';
import type { Spent } from './spent.ts';

/** Less than this is not worth a line, seconds. */
const LEAST = 0.05;

/** Where the processors' time goes while what has a target runs: the profile that explains a missed one. */
export function processorsSection(cores: number, start: StartFigures, psi: readonly PsiFigures[]): string {
  const most = Math.max(...psi.map(({ rows }) => rows));
  const columns: [string, Spent][] = [
    ['from the last approval on', start.spent],
    ...psi.filter(({ rows }) => rows === most).flatMap(({ rows, profile, spent }): [string, Spent][] => [
      [`${count(rows)} rows, ${profile}`, spent.task],
      ['its bare engines', spent.bare],
    ]),
  ];
  const seconds = (value: number | undefined): string => (value === undefined || value < LEAST ? '' : value.toFixed(value < 10 ? 2 : 1));
  const parts = [...new Set(columns.flatMap(([, { parts: of }]) => Object.keys(of).filter((name) => (of[name] ?? 0) >= LEAST)))];
  const total = (name: string): number => columns.reduce((sum, [, spent]) => sum + (spent.parts[name] ?? 0), 0);
  return `## Where the processors' time goes
${table(
  ['processor seconds', ...columns.map(([title]) => title)],
  [
    ...parts.sort((a, b) => total(b) - total(a)).map((name) => [name, ...columns.map(([, spent]) => seconds(spent.parts[name]))]),
    ['**all**', ...columns.map(([, { busy }]) => `**${seconds(busy)}**`)],
    ['seconds that passed', ...columns.map(([, { wall }]) => seconds(wall))],
    [`share of ${cores} processors in use`, ...columns.map(([, { busy, wall }]) => `${Math.round((busy / wall / cores) * 100)} %`)],
  ],
)}

Means of one task: by the accounts of the kernel for each container, of all institutions, which share the processors here and do not where each has its own cluster.
The first column ends when bank A shows the task as running; those of an intersection begin there and end with its result; bare engines with their start and input.
"Kubernetes" are the programs of the cluster; "everything else" is what makes and ends containers, the kernel, and the bench's own looks.`;
}
