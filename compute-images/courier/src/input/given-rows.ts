import { csvLine } from './csv.ts';
import { KeyIndex } from './key-index.ts';
import type { RowForm } from './row-files.ts';

/**
 * For rows that are handed on as they are: the engine's file is a header of one line, and below it the very octets that the
 * commitment covers.
 *
 * @param keys number of the columns, from the first, that identify a row
 */
export function givenRows(header: string, columns: readonly string[], keys: number): RowForm {
  const index = new KeyIndex();
  return {
    header: `${header}\n${csvLine(columns)}`,
    row: (key, rest, complete, row) => ({
      line: columns.length === keys ? `${key}\n` : `${key},${rest}\n`,
      representative: complete ? index.add(key, row) : -1,
    }),
    end: () => '',
    keeps: 'Keys',
    distinct: () => index.distinct,
    engineRows: (rows) => rows,
  };
}
