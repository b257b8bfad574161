import { open } from 'node:fs/promises';
import { csvLine } from '../input/csv.ts';
import type { FrozenRows } from '../input/frozen-input.ts';
import { octetsAt } from './engine-table.ts';
import type { Selection } from './selection.ts';

const rowsPerBlock = 1024;

/** The selected own rows in the order of the join: the n-th rows of all receivers have the same key. */
export async function* joinedStream(rowsFile: string, frozen: FrozenRows, selection: Selection): AsyncGenerator<Buffer> {
  yield Buffer.from(csvLine(frozen.columns));
  const { rows, offsets } = selected(frozen, selection);
  frozen.order?.sort(rows);
  const file = await open(rowsFile);
  try {
    for (let first = 0; first < rows.length; first += rowsPerBlock) {
      const parts: Buffer[] = [];
      for (const row of rows.subarray(first, first + rowsPerBlock)) {
        parts.push(await octetsAt(file, frozen.lengths.at(row), offsets[row] ?? 0));
      }
      yield Buffer.concat(parts);
    }
  } finally {
    await file.close();
  }
}

/** Numbers of the selected rows, and where each row begins in the file. */
function selected({ rows: count, lengths }: FrozenRows, selection: Selection): { rows: Uint32Array; offsets: Float64Array } {
  const rows = new Uint32Array(selection.rows);
  const offsets = new Float64Array(count);
  let [at, found] = [0, 0];
  for (let row = 0; row < count; row += 1) {
    offsets[row] = at;
    at += lengths.at(row);
    if (!selection.has(row)) continue;
    rows[found] = row;
    found += 1;
  }
  return { rows, offsets };
}
