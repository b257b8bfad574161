import { createReadStream } from 'node:fs';
import { CourierError } from '../errors.ts';
import { csvRecords } from '../input/csv-records.ts';
import { CSV_TYPE, type Result } from './result.ts';

/**
 * Keys as the engine has written them, each once. They are of other parties too, so that no own row stands behind them.
 *
 * @param columns the own key columns, whose names the table must have
 * @throws CourierError RESULT_INVALID
 */
export async function keysTable(file: string, columns: readonly string[]): Promise<Result> {
  const invalid = (what: string): CourierError => new CourierError('RESULT_INVALID', `engine output: ${what}`, { retryable: true });
  let records = -1;
  for await (const block of csvRecords(createReadStream(file), 'RESULT_INVALID')) {
    for (const record of block) {
      if (records < 0 && record.join('\0') !== columns.join('\0')) throw invalid('has other columns than the keys of the step');
      if (record.includes(null)) throw invalid(`record ${records} is no whole key`);
      records += 1;
    }
  }
  if (records < 0) throw invalid('has no header');
  return { rows: records, contentType: CSV_TYPE, blocks: () => createReadStream(file) as AsyncIterable<Buffer> };
}
