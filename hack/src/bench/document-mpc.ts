import { count, mebi, table } from './markdown.ts';
import type { MpcFigures } from './performance-figures.ts';

/** Set for institutions on one machine; between institutions with 10 ms it is 1.2. */
export const MPC_RATIO = 2;

export function mpcSection(figures: readonly MpcFigures[]): string {
  const s = (value: number): string => value.toFixed(2);
  return `## Steps on shares
${table(
  ['operator', 'parameters', 'rows', 'columns', 'task, s', 'bare engine, s', 'ratio', 'engine', 'bare engine', 'exchanged', 'by bare engines'],
  figures.map(({ operator, parameters, rows, columns, task, bare, ratio }) => [operator, parameters, count(rows), String(columns), s(task.compute), s(bare.compute), s(ratio), mebi(task.memory), mebi(bare.memory), mebi(task.exchanged), mebi(bare.exchanged)]),
)}

Two banks with half of the columns each, CHEETAH, wire profile \`intl\`; the steps of one task, after a join. **task**: phase \`compute\` of the receipts. **bare engine**:
\`compute-images/spu/bench_mpc.py\`, two engines in one pod of the same image over loopback, after each other when the pods of the task are gone; sharing and writing count, connecting does not.
One run each: these steps are bound by the processors, which both engines share here, and by the number of messages that wait for each other.`;
}
