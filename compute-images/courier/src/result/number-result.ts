import { readFile } from 'node:fs/promises';
import { CourierError } from '../errors.ts';

/** Header and one whole number; no engine counts further than this many digits. */
const FORM = /^cardinality\r?\n(0|[1-9]\d{0,14})\r?\n$/;

/** The number that an engine has counted. @throws CourierError RESULT_INVALID */
export async function readNumber(path: string): Promise<number> {
  const match = FORM.exec(await readFile(path, 'utf8'));
  if (match === null) throw new CourierError('RESULT_INVALID', 'engine output: is not a header and one number', { retryable: true });
  return Number(match[1]);
}

/** The result as its receiver gets it. */
export function numberTable(value: number): Buffer {
  return Buffer.from(`cardinality\n${value}\n`);
}
