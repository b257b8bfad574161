import { count, mebi, table } from './markdown.ts';
import type { SetsFigures } from './performance-figures.ts';

export function setsSection(figures: readonly SetsFigures[]): string {
  const s = (value: number): string => value.toFixed(2);
  return `## Steps of the engine for sets
${table(
  ['operator', 'parameters', 'rows of A', 'rows of B', 'task, s', 'bare engine, s', 'ratio', 'engine', 'bare engine', 'exchanged'],
  figures.map(({ operator, parameters, rowsOfA, rowsOfB, task, bare, ratio }) => [operator, parameters, count(rowsOfA), count(rowsOfB), s(task.compute), s(bare.compute), s(ratio), mebi(task.memory), mebi(bare.memory), mebi(task.exchanged)]),
)}

The steps of one task of two banks, wire profile \`intl\`. Of a private query bank B asks and bank A answers; of a delivery bank A gives. **task**: phase \`compute\` of the receipts, which has the writing
of the result in it. **bare engine**: two engine processes on the same machine over loopback, after each other when the pods of the task are gone, with their computing and writing. One run each.`;
}
