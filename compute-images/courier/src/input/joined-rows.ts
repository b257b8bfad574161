import { csvLine } from './csv.ts';
import type { RowForm } from './row-files.ts';

/** For operators that compute over rows that a join has lined up: the engine gets the columns and no keys; the courier keeps the keys. */
export function joinedRows(columns: readonly string[]): RowForm {
  let count = 0;
  return {
    header: csvLine(columns),
    row: (_key, rest, _complete, row) => {
      count += 1;
      return { line: `${rest}\n`, representative: row };
    },
    end: () => '',
    keeps: 'Keys',
    distinct: () => count,
    engineRows: (rows) => rows,
  };
}
