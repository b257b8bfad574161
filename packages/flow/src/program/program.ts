import { toLists, type ColumnReference, type Expression } from '../expression/expression.ts';

/** One line: a name for a formula; of a revealed one the value is opened to the receivers. */
export interface ProgramLine {
  readonly name: string;
  readonly revealed: boolean;
  readonly formula: Expression;
}

/**
 * An algorithm of a member's own (requirements 44, 85): formulas over columns, and figures of all rows. Nothing of it is opened but
 * the figures that it declares.
 */
export interface Program {
  readonly lines: readonly ProgramLine[];
  /** Names of all columns that it needs, each once. */
  readonly columns: readonly string[];
}

/** A program with its columns resolved, as nested lists, the form in which an engine takes it. */
export function programLists({ lines }: Program, resolve: (reference: ColumnReference) => { party: string; column: string }): unknown[] {
  return lines.map(({ name, revealed, formula }) => [revealed ? 'reveal' : 'name', name, toLists(formula, resolve)]);
}
