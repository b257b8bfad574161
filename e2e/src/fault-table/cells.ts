import { ACTIONS, cellName, type Cell } from './cell.ts';
import { ROWS } from './rows.ts';

/** Every combination that exists, row by row. */
export const CELLS: readonly Cell[] = ROWS.flatMap((row) => ACTIONS.filter((action) => row.actions[action] !== undefined).flatMap((action) => row.moments.map((moment) => ({ row, action, moment }))));

/**
 * What every run of the tests tries, in some minutes: the parts on which most depends, lost at the moment at which it
 * does. All take hours: `make test-all`.
 */
const ALWAYS: readonly string[] = [
  'operator/kill/settle',
  'engine/kill/compute',
  'ledger/kill/open',
];

/**
 * The cells to run.
 *
 * @param wanted `always`, `all`, or names separated by commas in which `*` stands for any text, such as `hub/kill/*`
 * @throws Error when a name fits no cell
 */
export function chosenCells(wanted: string): Cell[] {
  if (wanted === 'all') return [...CELLS];
  const patterns = wanted === 'always' ? ALWAYS : wanted.split(',').map((pattern) => pattern.trim());
  const unknown = patterns.find((pattern) => !CELLS.some((cell) => fits(pattern, cell)));
  if (unknown !== undefined) throw new Error(`no cell of the fault table is called ${unknown}; names are part/action/moment, such as ${ALWAYS[0] ?? ''}`);
  return CELLS.filter((cell) => patterns.some((pattern) => fits(pattern, cell)));
}

/**
 * What one of several runs at a time takes of the cells. Faults of the node itself hit every lane; they are a part of their own.
 *
 * @param part `2/3`: every third cell, from the second on; `node`: those that need the node alone; undefined: all
 */
export function partOf(cells: readonly Cell[], part: string | undefined): Cell[] {
  if (part === undefined || part === '') return [...cells];
  if (part === 'node') return cells.filter(({ row }) => row.wholeNode === true);
  const [number, count] = part.split('/').map(Number);
  if (number === undefined || count === undefined || !(number >= 1 && number <= count)) throw new Error(`COLLABNET_FAULTS_PART: ${part} is neither a part such as 2/3 nor node`);
  return cells.filter(({ row }) => row.wholeNode !== true).filter((_, index) => index % count === number - 1);
}

/** Whether every run of the tests tries the cell. */
export function isAlwaysRun(cell: Cell): boolean {
  return ALWAYS.includes(cellName(cell));
}

function fits(pattern: string, cell: Cell): boolean {
  const expression = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)).join('.*');
  return new RegExp(`^${expression}$`).test(cellName(cell));
}
