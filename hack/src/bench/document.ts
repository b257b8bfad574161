import { count, mebi, table } from './markdown.ts';
import type { DemoRun } from '../demo/run-notes.ts';
import type { BenchOptions } from './options.ts';
import type { Machine } from './machine.ts';
import type { JobFigures } from './measure-job.ts';
import type { PsiFigures } from './measure-psi.ts';
import type { StartFigures } from './measure-start.ts';
import { processorsSection } from './document-processors.ts';
import { sm2Section } from './document-sm2.ts';
import type { Sm2Figures } from './measure-sm2.ts';

export interface Measured {
  /** ISO 8601 */
  readonly date: string;
  readonly machine: Machine;
  readonly options: Pick<BenchOptions, 'rows' | 'profiles' | 'runs' | 'tasks'>;
  readonly psi: readonly PsiFigures[];
  readonly start: StartFigures;
  readonly sm2?: readonly Sm2Figures[];
  /** Plain Jobs of the same run. */
  readonly job: JobFigures;
  readonly cold: DemoRun | undefined;
  readonly warm: DemoRun | undefined;
}

/** What must be reached; ratios and memory are set for 1,000,000 rows, smaller inputs show fixed costs more. */
const TARGETS = { rows: 1_000_000, ratio: { intl: 1.3, gm: 1.5 }, engineBytes: 1024 ** 3, courierBytes: 256 * 1024 ** 2, startP95: 5, cold: 900, warm: 90 };

/** The text of docs/performance.md: the same figures always give the same bytes. */
export function performanceDocument(measured: Measured): string {
  const parts = [head(measured), targets(measured), intersection(measured), start(measured), processorsSection(measured.machine.cores, measured.start, measured.psi), ...(measured.sm2 ? [sm2Section(measured.sm2)] : []), demo(measured), repeat(measured)];
  return `${parts.join('\n\n')}\n`;
}

function head({ date, machine }: Measured): string {
  return `# Performance
Written by \`make bench\`; do not edit. All figures of a table come from one run on one machine; compare ratios, not seconds.
What the operator does with many resources and over long times is in [scale.md](scale.md).

${table(
  ['machine', ''],
  [
    ['date', date.slice(0, 16).replace('T', ' ') + ' UTC'],
    ['processor', `${machine.cores} cores, ${machine.cpu}`],
    ['memory', `${(machine.memoryBytes / 1024 ** 3).toFixed(1)} GiB`],
    ['kernel', machine.kernel],
    ['load before the run', `${machine.load.toFixed(1)} runnable threads${machine.load > machine.cores / 2 ? ': the machine was not idle, absolute times are too long' : ''}`],
  ],
)}`;
}

function targets({ psi, start: { p95 }, cold, warm }: Measured): string {
  const most = Math.max(...psi.map(({ rows }) => rows));
  const largest = psi.filter(({ rows }) => rows === most);
  const worst = (read: (of: PsiFigures) => number): number => Math.max(...largest.map(read));
  const [engineMemory, courierMemory] = [worst(({ task }) => task.engineMemory), worst(({ task }) => task.courierMemory)];
  const at = `at ${count(most)} rows`;
  const rows = [
    ...largest.map(
      ({ profile, ratio }) =>
        [`intersection with \`${profile}\` against the bare engine, ${at}`, ratio.toFixed(2), `<= ${TARGETS.ratio[profile]} at 1,000,000`, ratio <= TARGETS.ratio[profile]] as const,
    ),
    [`memory of the engine, ${at}`, mebi(engineMemory), '<= 1,024 MiB at 1,000,000', engineMemory <= TARGETS.engineBytes],
    [`memory of the courier, ${at}`, mebi(courierMemory), '<= 256 MiB at 1,000,000', courierMemory <= TARGETS.courierBytes],
    ['last approval to first engine message, p95', `${p95.toFixed(1)} s`, `<= ${TARGETS.startP95} s`, p95 <= TARGETS.startP95],
    ['`make demo`, cold', cold === undefined ? 'no run noted' : `${cold.seconds.toFixed(0)} s`, `<= ${TARGETS.cold} s`, cold && cold.seconds <= TARGETS.cold],
    ['`make demo`, warm', warm === undefined ? 'no run noted' : `${warm.seconds.toFixed(0)} s`, `<= ${TARGETS.warm} s`, warm && warm.seconds <= TARGETS.warm],
  ] as const;
  const sizes = most < TARGETS.rows ? ', at a smaller size' : '';
  const word = (what: string, reached: boolean | undefined): string => (reached === undefined ? '' : `${reached ? 'yes' : '**no**'}${what.endsWith(at) ? sizes : ''}`);
  return `## Against the targets
${table(['what', 'measured', 'target', 'reached'], rows.map(([what, value, target, reached]) => [what, value, target, word(what, reached)]))}`;
}

function intersection({ psi, options }: Measured): string {
  const s = (value: number): string => value.toFixed(2);
  return `## Intersection of two tables
${table(
  ['rows per bank', 'wire profile', 'task, s', 'bare engine, s', 'ratio', 'prepare, s', 'align, s', 'clean, s', 'engine', 'courier', 'bare engine', 'exchanged', 'by bare engines'],
  psi.map(({ rows, profile, task, bare, ratio }) => [count(rows), profile, s(task.compute), s(bare.compute), s(ratio), s(task.prepare), s(task.align), s(task.clean), mebi(task.engineMemory), mebi(task.courierMemory), mebi(bare.memory), mebi(task.exchanged), mebi(bare.exchanged)]),
)}

Two banks with as many rows each, half of them common, one key of 19 digits; protocol RR22; bank A receives
the result with one column of its own. Medians of ${options.runs} ${options.runs === 1 ? 'run' : 'runs'}; of the two parties the slower or larger one counts.
- **task**: phase \`compute\` of the signed receipts: the engine computes through both couriers, NATS and the hub, and writes the result.
- **bare engine**: \`compute-images/spu/bench_bare.py\`: two engines in one pod of the same image with the memory of two, over loopback, run after each
  task, when its pods are gone. Its key file is ready and it writes no payload; connecting is left out on both sides, because over its own link the library waits 1 to
  4 s after a first refused connection (here ${psi.map(({ bare }) => s(bare.connect)).join(', ')} s), which is in the task's \`align\`, where the tunnel accepts at once.
- **prepare**: the courier reads, freezes and commits to the input, the engine copies it and loads its library. **align**: the couriers' handshake, the engine
  connects. **clean**: delivery and wiping. None of it is in the ratio.
- **engine**, **courier**, **bare engine**: peak resident set of the largest process, from the receipts.
- **exchanged**: octets of the engines through the tunnel, both directions, from the receipts; by the bare engines: over loopback, with the headers of packets.`;
}

function start({ start: { tasks, p50, p95, max, parts }, job }: Measured): string {
  const s = (value: number): string => value.toFixed(1);
  const ratio = (ours: number, theirs: number): string => (theirs > 0 ? (ours / theirs).toFixed(1) : '');
  return `## From the last approval to the first engine message
${table(['tasks', 'p50, s', 'p95, s', 'max, s', 'approval to reserved', 'to start', 'to first byte'], [[String(tasks), s(p50), s(p95), s(max), s(parts.reserve), s(parts.start), s(parts.firstByte)]])}

${table(['beside it', 'runs', 'p50, s', 'p95, s', 'ratio p50', 'ratio p95'], [['plain Kubernetes Job, creation to running', String(job.jobs), s(job.p50), s(job.p95), ratio(p50, job.p50), ratio(p95, job.p95)]])}

A Job of the same image in the same namespace, one after another in the same run, from the API server's answer to the first line of its one process. A task starts two
pods of two containers each at two institutions, in which a courier reads and freezes an input and an engine loads its library, and agrees on the start over the ledger.

Block times of the ledger: from the last \`flows.approve\` to the first \`flows.touch\`, by which an operator reports that its courier has seen an engine's byte;
so the report itself counts. Between them lie both owners' confirmations, pods, inputs read and frozen (reserved), the agreement to start, handshake and connection.
The demo's tables (1,500 and 1,481 rows), images present, one task after another. The parts are medians and need not add up.`;
}

function demo({ cold, warm }: Measured): string {
  const known = [...(cold ? [['cold', cold] as const] : []), ...(warm ? [['warm', warm] as const] : [])];
  if (known.length === 0) return '## The demo\nNo run is noted on this machine: `make demo` notes one.';
  const titles = [...new Set(known.flatMap(([, { phases }]) => phases.map(({ title }) => title)))];
  const phase = (run: DemoRun, title: string): string => run.phases.find((each) => each.title === title)?.seconds.toFixed(1) ?? '';
  const rest = (run: DemoRun): string => Math.max(0, run.seconds - run.phases.reduce((sum, { seconds }) => sum + seconds, 0)).toFixed(1);
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

function repeat({ options: { rows, profiles, runs, tasks } }: Measured): string {
  return `## Once more
\`\`\`
make cluster-down demo      # notes a cold run
node hack/src/bench/main.ts --rows ${rows.join(',')} --profiles ${profiles.join(',')} --runs ${runs} --tasks ${tasks}
\`\`\`
\`make bench\` uses the institutions of the demo (and runs it first, if they are not there), and removes its own tasks, assets and volumes afterwards.
\`--quick\` tries the bench itself: 1,000 rows, two tasks, the document on standard output. On a busy machine the figures are those of the others.`;
}
