import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { CourierError } from '../errors.ts';
import type { Cell } from '../input/arrow-rows.ts';
import { csvFields, csvLine } from '../input/csv.ts';
import { csvRecords } from '../input/csv-records.ts';
import type { FrozenRows } from '../input/frozen-input.ts';
import { rowColumn } from '../input/keyed-rows.ts';
import { CSV_TYPE, type Result } from './result.ts';

/**
 * The own rows that were answered, with the columns of the other party behind them; a key that the other has in several rows comes
 * as often.
 *
 * @param values names of the other's columns, as the specification has them
 * @throws CourierError RESULT_INVALID when the engine answers what was not asked
 */
export async function answers(file: string, rowsFile: string, frozen: FrozenRows, values: readonly string[]): Promise<Result> {
  let [records, last, header]: [number, number, Cell[] | undefined] = [0, -1, undefined];
  for await (const block of csvRecords(createReadStream(file), 'RESULT_INVALID')) {
    for (const record of block) {
      if (header === undefined) {
        header = record;
        continue;
      }
      const row = rowOf(record);
      if (row < last || row >= frozen.rows || frozen.representative.at(row) !== row) throw invalid('answers a row that was not asked for');
      last = row;
      records += 1;
    }
  }
  if (header?.join('\0') !== [rowColumn, ...values].join('\0')) throw invalid('has other columns than the step names');
  return { rows: records, contentType: CSV_TYPE, blocks: () => joined(file, rowsFile, frozen, values) };
}

async function* joined(file: string, rowsFile: string, frozen: FrozenRows, values: readonly string[]): AsyncGenerator<Buffer> {
  yield Buffer.from(csvLine([...frozen.columns, ...values]));
  const own = await open(rowsFile);
  let [row, offset, skipped] = [0, 0, false];
  try {
    for await (const block of csvRecords(createReadStream(file), 'RESULT_INVALID')) {
      let text = '';
      for (const record of skipped ? block : block.slice(1)) {
        for (const wanted = rowOf(record); row < wanted; row += 1) offset += frozen.lengths.at(row);
        text += `${await lineAt(own, offset, frozen.lengths.at(row))},${csvFields(record, 1, record.length)}\n`;
      }
      skipped = true;
      if (text !== '') yield Buffer.from(text);
    }
  } finally {
    await own.close();
  }
}

/** Without its line feed. */
async function lineAt(file: FileHandle, offset: number, length: number): Promise<string> {
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.toString('utf8', 0, length - 1);
}

function rowOf([first]: readonly Cell[]): number {
  if (!/^\d{1,10}$/.test(first ?? '')) throw invalid('the first column is not a row number');
  return Number(first);
}

function invalid(what: string): CourierError {
  return new CourierError('RESULT_INVALID', `engine output: ${what}`, { retryable: true });
}
