import type { LedgerDriver } from '@collabnet/hack';
import { ACTIONS, cellName, type Cell, type Row } from './cell.ts';
import { ROWS } from './rows.ts';

/** The parts that exist with a driver of the ledger. */
export function rowsOf(driver: LedgerDriver): Row[] {
  return ROWS.filter((row) => row.driver === undefined || row.driver === driver);
}

/** Every combination that exists with a driver, row by row. */
export function cellsOf(driver: LedgerDriver): Cell[] {
  return rowsOf(driver).flatMap((row) => ACTIONS.filter((action) => row.actions[action] !== undefined).flatMap((action) => row.moments.map((moment) => ({ row, action, moment }))));
}

/**
 * What every run of the tests tries, in some minutes: the parts on which most depends, lost at the moment at which it
 * does. All take hours: `make test-all`.
 */
const ALWAYS: Readonly<Record<LedgerDriver, readonly string[]>> = {
  embedded: ['operator/kill/settle', 'engine/kill/compute', 'ledger/kill/open'],
  fabric: ['fabric-orderer/kill/open', 'fabric-peer/kill/compute', 'fabric-chaincode/kill/settle'],
};

/**
 * The cells to run.
 *
 * @param wanted `always`, `all`, or names separated by commas in which `*` stands for any text, such as `hub/kill/*`
 * @throws Error when a name fits no cell
 */
export function chosenCells(wanted: string, driver: LedgerDriver): Cell[] {
  const cells = cellsOf(driver);
  if (wanted === 'all') return cells;
  const patterns = wanted === 'always' ? ALWAYS[driver] : wanted.split(',').map((pattern) => pattern.trim());
  const unknown = patterns.find((pattern) => !cells.some((cell) => fits(pattern, cell)));
  if (unknown !== undefined) throw new Error(`no cell of the fault table with ledger ${driver} is called ${unknown}; names are part/action/moment, such as ${ALWAYS[driver][0] ?? ''}`);
  return cells.filter((cell) => patterns.some((pattern) => fits(pattern, cell)));
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
export function isAlwaysRun(cell: Cell, driver: LedgerDriver): boolean {
  return ALWAYS[driver].includes(cellName(cell));
}

function fits(pattern: string, cell: Cell): boolean {
  const expression = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)).join('.*');
  return new RegExp(`^${expression}$`).test(cellName(cell));
}
