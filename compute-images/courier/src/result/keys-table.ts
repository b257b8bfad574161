import { createReadStream } from 'node:fs';
import { invalidOutput, lookThrough } from './engine-table.ts';
import { CSV_TYPE, type Result } from './result.ts';

/**
 * Keys as the engine has written them, each once. They are of other parties too, so that no own row stands behind them.
 *
 * @param columns the own key columns, whose names the table must have
 * @throws CourierError RESULT_INVALID
 */
export async function keysTable(file: string, columns: readonly string[]): Promise<Result> {
  const { header, records } = await lookThrough(createReadStream(file), (record, index) => {
    if (record.includes(null)) throw invalidOutput(`record ${index} is no whole key`);
  });
  if (header.join('\0') !== columns.join('\0')) throw invalidOutput('has other columns than the keys of the step');
  return { rows: records, contentType: CSV_TYPE, blocks: () => createReadStream(file) as AsyncIterable<Buffer> };
}
