import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CourierError } from '../errors.ts';
import { lookThrough } from './engine-table.ts';
import { CSV_TYPE, type Result } from './result.ts';

/** Figures are about all rows: a table of this size would be one of rows. */
const largestTable = 64 * 1024 * 1024;

/** A table of figures as the engine has written it. @throws CourierError RESULT_INVALID */
export async function figuresTable(file: string): Promise<Result> {
  const { size } = await stat(file);
  if (size > largestTable) throw new CourierError('RESULT_INVALID', `engine output: larger than the ${largestTable} octets of a table of figures`);
  const { records } = await lookThrough(createReadStream(file));
  return { rows: records, contentType: CSV_TYPE, blocks: () => createReadStream(file) as AsyncIterable<Buffer> };
}
