import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CourierError } from '../errors.ts';
import type { Cell } from '../input/arrow-rows.ts';
import { csvFields, csvLine } from '../input/csv.ts';
import { csvRecords } from '../input/csv-records.ts';
import type { FrozenRows } from '../input/frozen-input.ts';
import { rowColumn } from '../input/keyed-rows.ts';
import { CSV_TYPE, type Result } from './result.ts';

const columnName = /^[A-Za-z][A-Za-z0-9_]{0,127}$/;

/**
 * The engine's values, one for each own row, behind the keys that only the courier has.
 *
 * @param rowsFile the keys, a line for each row
 * @throws CourierError RESULT_INVALID unless there is one record for every row, in their order
 */
export async function valueRows(file: string, rowsFile: string, frozen: FrozenRows, keys: number): Promise<Result> {
  let [records, header]: [number, Cell[] | undefined] = [0, undefined];
  for await (const block of csvRecords(createReadStream(file), 'RESULT_INVALID')) {
    for (const record of block) {
      if (header === undefined) header = record;
      else if (record[0] === String(records)) records += 1;
      else throw invalid(`record ${records} is of another row`);
    }
  }
  const [first, ...values] = header ?? [];
  const owned = frozen.columns.slice(0, keys);
  if (first !== rowColumn || values.length === 0 || !values.every((name) => name !== null && columnName.test(name) && !owned.includes(name))) throw invalid('the header is not the row number and names of values');
  if (records !== frozen.rows) throw invalid(`has ${records} records for ${frozen.rows} rows`);
  return { rows: records, contentType: CSV_TYPE, blocks: () => joined(file, rowsFile, frozen, csvLine([...owned, ...values])) };
}

async function* joined(file: string, rowsFile: string, frozen: FrozenRows, header: string): AsyncGenerator<Buffer> {
  yield Buffer.from(header);
  const keys = await open(rowsFile);
  let [row, skipped] = [0, false];
  try {
    for await (const block of csvRecords(createReadStream(file), 'RESULT_INVALID')) {
      const records = skipped ? block : block.slice(1);
      skipped = true;
      let length = 0;
      for (let n = 0; n < records.length; n += 1) length += frozen.lengths.at(row + n);
      const { buffer: octets } = await keys.read(Buffer.alloc(length), 0, length);
      let [text, from] = ['', 0];
      for (const record of records) {
        const end = from + frozen.lengths.at(row);
        // Without its line feed.
        text += `${octets.toString('utf8', from, end - 1)},${csvFields(record, 1, record.length)}\n`;
        from = end;
        row += 1;
      }
      yield Buffer.from(text);
    }
  } finally {
    await keys.close();
  }
}

function invalid(what: string): CourierError {
  return new CourierError('RESULT_INVALID', `engine output: ${what}`, { retryable: true });
}
