import { MPC_RATIO } from './document-mpc.ts';
import { count, mebi, table } from './markdown.ts';
import type { PerformanceNotes, PsiFigures } from './performance-figures.ts';

/** What must be reached; ratios and memory are set for 1,000,000 rows, smaller inputs show fixed costs more. */
const TARGETS = { rows: 1_000_000, ratio: { intl: 1.3, gm: 1.5 }, engineBytes: 1024 ** 3, courierBytes: 256 * 1024 ** 2, startP95: 5, cold: 900, warm: 90 };

/** The intersections that are judged: those of the size the targets are set for, else the largest. */
export function judgedIntersections({ intersections }: PerformanceNotes): PerformanceNotes['intersections'] {
  const sizes = intersections.map(({ figures }) => figures.rows);
  const judged = sizes.includes(TARGETS.rows) ? TARGETS.rows : Math.max(...sizes);
  return intersections.filter(({ figures }) => figures.rows === judged);
}

export function targetsSection(notes: PerformanceNotes): string {
  const rows = [...intersectionTargets(judgedIntersections(notes).map(({ figures }) => figures)), ...otherTargets(notes)];
  return `## Against the targets
${table(['what', 'measured', 'target', 'reached'], rows.map(([what, value, target, reached, remark = '']) => [what, value, target, reached === undefined ? '' : `${reached ? 'yes' : '**no**'}${remark}`]))}`;
}

/** What, measured, target, whether it is reached where that is known, and a remark. */
type Row = readonly [string, string, string, boolean | undefined, string?];

function intersectionTargets(psi: readonly PsiFigures[]): Row[] {
  const rows = psi[0]?.rows;
  if (rows === undefined) return [];
  const worst = (read: (of: PsiFigures) => number): number => Math.max(...psi.map(read));
  const [engine, courier] = [worst(({ task }) => task.engineMemory), worst(({ task }) => task.courierMemory)];
  const at = `at ${count(rows)} rows`;
  const remark = rows < TARGETS.rows ? ', at a smaller size' : '';
  return [
    ...psi.map(({ profile, ratio }): Row => [`intersection with \`${profile}\` against the bare engine, ${at}`, ratio.toFixed(2), `<= ${TARGETS.ratio[profile]} at 1,000,000`, ratio <= TARGETS.ratio[profile], remark]),
    [`memory of the engine, ${at}`, mebi(engine), '<= 1,024 MiB at 1,000,000', engine <= TARGETS.engineBytes, remark],
    [`memory of the courier, ${at}`, mebi(courier), '<= 256 MiB at 1,000,000', courier <= TARGETS.courierBytes, remark],
  ];
}

function otherTargets({ mpc, start, demo: { cold, warm } }: PerformanceNotes): Row[] {
  const p95 = start?.figures.start.p95;
  const seconds = (value: number | undefined, digits: number): string => (value === undefined ? 'no run noted' : `${value.toFixed(digits)} s`);
  const within = (value: number | undefined, most: number): boolean | undefined => (value === undefined ? undefined : value <= most);
  return [
    ...(mpc?.figures ?? []).map(({ operator, ratio, rows }): Row => [`${operator} on shares against the bare engine, at ${count(rows)} rows`, ratio.toFixed(2), `<= ${MPC_RATIO}`, ratio <= MPC_RATIO]),
    ['last approval to first engine message, p95', seconds(p95, 1), `<= ${TARGETS.startP95} s`, within(p95, TARGETS.startP95)],
    ['`make demo`, cold', seconds(cold?.seconds, 0), `<= ${TARGETS.cold} s`, within(cold?.seconds, TARGETS.cold)],
    ['`make demo`, warm', seconds(warm?.seconds, 0), `<= ${TARGETS.warm} s`, within(warm?.seconds, TARGETS.warm)],
  ];
}
