import { randomBytes } from 'node:crypto';
import { csvLine } from './csv.ts';
import { KeyIndex } from './key-index.ts';
import { rowColumn } from './keyed-rows.ts';
import type { RowForm } from './row-files.ts';

/** For who answers a private query: the engine gets every row with a complete key, with the columns that may be asked for, and a dummy row. */
export function keyedRecords(keys: readonly string[], values: readonly string[]): RowForm {
  const index = new KeyIndex();
  let lines = 0;
  return {
    header: csvLine([...keys, rowColumn, ...values]),
    row: (key, rest, complete, row) => {
      if (!complete) return { line: undefined, representative: -1 };
      lines += 1;
      return { line: `${key},${row},${rest}\n`, representative: index.add(key, row) };
    },
    end: () => csvLine([...keys.map(() => randomBytes(16).toString('hex')), '-1', ...values.map(() => null)]),
    keeps: 'Keys',
    distinct: () => index.distinct,
    engineRows: () => lines + 1,
  };
}
