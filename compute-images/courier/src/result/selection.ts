import { CourierError } from '../errors.ts';
import type { FrozenRows } from '../input/frozen-input.ts';
import { rowNumbers } from './row-numbers.ts';

/** Which own rows belong to the result. */
export interface Selection {
  has(row: number): boolean;
  /** Different keys in it: what the minimum set size is about. */
  readonly keys: number;
  readonly rows: number;
}

/**
 * Reads the engine's output as a set of own keys: the dummy row falls out, and every own row with such a key is in. Rows
 * without a complete key equal nobody's, so they are in a difference and in no intersection.
 *
 * @throws CourierError RESULT_INVALID when the engine names rows that it was not given
 */
export async function selectRows(path: string, frozen: FrozenRows, operator: 'Intersection' | 'Difference'): Promise<Selection> {
  const matched = new Uint8Array(frozen.rows);
  let keys = 0;
  for await (const row of rowNumbers(path)) {
    if (row === -1) continue;
    if (row < 0 || row >= frozen.rows || frozen.representative.at(row) !== row) {
      throw new CourierError('RESULT_INVALID', 'engine output: names a row that the input did not have', { retryable: true });
    }
    if (matched[row] === 0) keys += 1;
    matched[row] = 1;
  }
  const has = (row: number): boolean => {
    const first = frozen.representative.at(row);
    return first < 0 ? operator === 'Difference' : matched[first] === 1;
  };
  let rows = 0;
  for (let row = 0; row < frozen.rows; row += 1) if (has(row)) rows += 1;
  return { has, keys, rows };
}
