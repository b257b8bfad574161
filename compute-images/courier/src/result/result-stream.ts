import { open } from 'node:fs/promises';
import { csvLine } from '../input/csv.ts';
import type { FrozenRows } from '../input/frozen-input.ts';
import type { Selection } from './selection.ts';

const blockLength = 1024 * 1024;

/** The result: header and the selected own rows in the order of the input, from the courier's own frozen copy. */
export async function* resultStream(rowsFile: string, frozen: FrozenRows, selection: Selection): AsyncGenerator<Buffer> {
  yield Buffer.from(csvLine(frozen.columns));
  const file = await open(rowsFile);
  try {
    let position = 0;
    for (let row = 0; row < frozen.rows; ) {
      const first = row;
      let length = 0;
      let wanted = false;
      while (row < frozen.rows && (row === first || length + frozen.lengths.at(row) <= blockLength)) {
        length += frozen.lengths.at(row);
        wanted ||= selection.has(row);
        row += 1;
      }
      if (wanted) {
        const block = Buffer.allocUnsafe(length);
        const { bytesRead } = await file.read(block, 0, length, position);
        if (bytesRead !== length) throw new Error('the file of rows is shorter than it was written');
        yield pick(block, first, row, frozen, selection);
      }
      position += length;
    }
  } finally {
    await file.close();
  }
}

function pick(block: Buffer, first: number, end: number, frozen: FrozenRows, selection: Selection): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (let row = first; row < end; row += 1) {
    const next = at + frozen.lengths.at(row);
    if (selection.has(row)) parts.push(block.subarray(at, next));
    at = next;
  }
  return Buffer.concat(parts);
}
