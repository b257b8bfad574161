import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Cell } from '../input/arrow-rows.ts';
import { csvFields, csvLine } from '../input/csv.ts';
import type { FrozenRows } from '../input/frozen-input.ts';
import { rowColumn } from '../input/keyed-rows.ts';
import { invalidOutput, lookThrough, octetsAt, recordBlocks } from './engine-table.ts';
import { CSV_TYPE, type Result } from './result.ts';

/**
 * The own rows that were answered, with the columns of the other party behind them; a key that the other has in several rows comes
 * as often.
 *
 * @param values names of the other's columns, as the specification has them
 * @throws CourierError RESULT_INVALID when the engine answers what was not asked
 */
export async function answers(file: string, rowsFile: string, frozen: FrozenRows, values: readonly string[]): Promise<Result> {
  let last = -1;
  const { header, records } = await lookThrough(createReadStream(file), (record) => {
    const row = rowOf(record);
    if (row < last || row >= frozen.rows || frozen.representative.at(row) !== row) throw invalidOutput('answers a row that was not asked for');
    last = row;
  });
  if (header.join('\0') !== [rowColumn, ...values].join('\0')) throw invalidOutput('has other columns than the step names');
  return { rows: records, contentType: CSV_TYPE, blocks: () => joined(file, rowsFile, frozen, values) };
}

async function* joined(file: string, rowsFile: string, frozen: FrozenRows, values: readonly string[]): AsyncGenerator<Buffer> {
  yield Buffer.from(csvLine([...frozen.columns, ...values]));
  const own = await open(rowsFile);
  let [row, offset] = [0, 0];
  try {
    for await (const block of recordBlocks(file)) {
      let text = '';
      for (const record of block) {
        for (const wanted = rowOf(record); row < wanted; row += 1) offset += frozen.lengths.at(row);
        const line = await octetsAt(own, frozen.lengths.at(row), offset);
        // Without its line feed.
        text += `${line.toString('utf8', 0, line.length - 1)},${csvFields(record, 1, record.length)}\n`;
      }
      if (text !== '') yield Buffer.from(text);
    }
  } finally {
    await own.close();
  }
}

function rowOf([first]: readonly Cell[]): number {
  if (!/^\d{1,10}$/.test(first ?? '')) throw invalidOutput('the first column is not a row number');
  return Number(first);
}
