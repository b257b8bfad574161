import { randomBytes } from 'node:crypto';
import { csvLine } from './csv.ts';
import { KeyIndex } from './key-index.ts';
import type { KeyOrder } from './key-order.ts';
import type { RowForm } from './row-files.ts';

export const rowColumn = 'collabnet_row';

/**
 * For operators on sets: the engine gets every complete key once, with its row number, so that a peer learns neither how often a
 * key occurs nor anything of the payload; and a dummy row, which makes every set differ from every other.
 *
 * @param order is told the key of every row, for a join
 */
export function keyedRows(keys: readonly string[], order?: KeyOrder): RowForm {
  const index = new KeyIndex();
  return {
    header: csvLine([...keys, rowColumn]),
    row: (key, _rest, complete, row) => {
      order?.add(key);
      if (!complete) return { line: undefined, representative: -1 };
      const first = index.add(key, row);
      return { line: first === row ? `${key},${row}\n` : undefined, representative: first };
    },
    end: () => csvLine([...keys.map(() => randomBytes(16).toString('hex')), '-1']),
    keeps: 'Rows',
    distinct: () => index.distinct,
    engineRows: () => index.distinct + 1,
  };
}
