import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { csvFields, csvLine } from '../input/csv.ts';
import type { FrozenRows } from '../input/frozen-input.ts';
import { rowColumn } from '../input/keyed-rows.ts';
import { invalidOutput, lookThrough, octetsAt, recordBlocks } from './engine-table.ts';
import { CSV_TYPE, type Result } from './result.ts';

const columnName = /^[A-Za-z][A-Za-z0-9_]{0,127}$/;

/**
 * The engine's values, one for each own row, behind the keys that only the courier has.
 *
 * @param rowsFile the keys, a line for each row
 * @throws CourierError RESULT_INVALID unless there is one record for every row, in their order
 */
export async function valueRows(file: string, rowsFile: string, frozen: FrozenRows, keys: number): Promise<Result> {
  const { header, records } = await lookThrough(createReadStream(file), ([row], index) => {
    if (row !== String(index)) throw invalidOutput(`record ${index} is of another row`);
  });
  const [first, ...values] = header;
  const owned = frozen.columns.slice(0, keys);
  if (first !== rowColumn || values.length === 0 || !values.every((name) => name !== null && columnName.test(name) && !owned.includes(name))) throw invalidOutput('the header is not the row number and names of values');
  if (records !== frozen.rows) throw invalidOutput(`has ${records} records for ${frozen.rows} rows`);
  return { rows: records, contentType: CSV_TYPE, blocks: () => joined(file, rowsFile, frozen, csvLine([...owned, ...values])) };
}

async function* joined(file: string, rowsFile: string, frozen: FrozenRows, header: string): AsyncGenerator<Buffer> {
  yield Buffer.from(header);
  const keys = await open(rowsFile);
  let row = 0;
  try {
    for await (const records of recordBlocks(file)) {
      let length = 0;
      for (let n = 0; n < records.length; n += 1) length += frozen.lengths.at(row + n);
      const octets = await octetsAt(keys, length);
      let [text, from] = ['', 0];
      for (const record of records) {
        const end = from + frozen.lengths.at(row);
        // Without its line feed.
        text += `${octets.toString('utf8', from, end - 1)},${csvFields(record, 1, record.length)}\n`;
        from = end;
        row += 1;
      }
      if (text !== '') yield Buffer.from(text);
    }
  } finally {
    await keys.close();
  }
}
