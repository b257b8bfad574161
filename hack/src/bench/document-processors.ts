import { judgedIntersections } from './document-targets.ts';
import { count, table } from './markdown.ts';
import type { PerformanceNotes, Spent } from './performance-figures.ts';

/** Less than this is not worth a line, seconds. */
const LEAST = 0.05;

interface Column {
  readonly title: string;
  readonly spent: Spent;
  readonly cores: number;
}

/** Where the processors' time goes while what has a target runs: the profile that explains a missed one. */
export function processorsSection(notes: PerformanceNotes): string {
  const columns = columnsOf(notes);
  if (columns.length === 0) return '';
  const seconds = (value: number | undefined): string => (value === undefined || value < LEAST ? '' : value.toFixed(value < 10 ? 2 : 1));
  const parts = [...new Set(columns.flatMap(({ spent: { parts: of } }) => Object.keys(of).filter((name) => (of[name] ?? 0) >= LEAST)))];
  const total = (name: string): number => columns.reduce((sum, { spent }) => sum + (spent.parts[name] ?? 0), 0);
  const share = (part: number, { spent: { wall }, cores }: Column): string => `${Math.round((part / wall / cores) * 100)} %`;
  return `## Where the processors' time goes
${table(
  ['processor seconds', ...columns.map(({ title }) => title)],
  [
    ...parts.sort((a, b) => total(b) - total(a)).map((name) => [name, ...columns.map(({ spent }) => seconds(spent.parts[name]))]),
    ['**all**', ...columns.map(({ spent: { busy } }) => `**${seconds(busy)}**`)],
    ['seconds that passed', ...columns.map(({ spent: { wall } }) => seconds(wall))],
    ['share of the processors in use', ...columns.map((column) => share(column.spent.busy, column))],
    ['withheld by the hypervisor', ...columns.map((column) => share(column.spent.stolen, column))],
  ],
)}

Of one task (an intersection: the run in the middle; the start: means over all tasks), by the accounts of the kernel for each container, of all institutions, which share the processors here and do not where each has its own cluster.
The first column ends when bank A shows the task as running; those of an intersection begin there and end with its result; bare engines with their start and input.
"Kubernetes" are the programs of the cluster; "everything else" is what makes and ends containers, the kernel, and the bench's own looks.${explained(columns)}`;
}

function columnsOf(notes: PerformanceNotes): Column[] {
  return [
    ...(notes.start === undefined ? [] : [{ title: 'from the last approval on', spent: notes.start.figures.start.spent, cores: notes.start.machine.cores }]),
    ...judgedIntersections(notes).flatMap(({ figures: { rows, profile, spent }, machine: { cores } }): Column[] => [
      { title: `${count(rows)} rows, ${profile}`, spent: spent.task, cores },
      { title: 'its bare engines', spent: spent.bare, cores },
    ]),
  ];
}

/** From here on a time depends on the processors more than on anything else. */
const SATURATED = 0.85;

function explained(columns: readonly Column[]): string {
  const saturated = columns.filter(({ spent: { busy, stolen, wall }, cores }) => busy + stolen >= SATURATED * wall * cores);
  if (saturated.length === 0) return '';
  return `\nThe processors are in use or withheld for at least ${SATURATED * 100} % of the time in ${saturated.map(({ title }) => `"${title}"`).join(', ')}: there the work to be done bounds the time, and more processors shorten it.`;
}
