import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { CourierError } from '../errors.ts';
import type { Cell } from '../input/arrow-rows.ts';
import { csvRecords } from '../input/csv-records.ts';

/** What an engine has written is not what its operator makes. */
export function invalidOutput(what: string): CourierError {
  return new CourierError('RESULT_INVALID', `engine output: ${what}`, { retryable: true });
}

/**
 * Reads a table once, to look at it before anything of it is delivered.
 *
 * @param each is told every record below the header, counted from 0
 * @throws CourierError RESULT_INVALID for what is no table, and what `each` throws
 */
export async function lookThrough(content: AsyncIterable<Buffer>, each: (record: readonly Cell[], index: number) => void = () => undefined): Promise<{ header: readonly Cell[]; records: number }> {
  let [header, records]: [readonly Cell[] | undefined, number] = [undefined, 0];
  for await (const block of csvRecords(content, 'RESULT_INVALID')) {
    for (const record of block) {
      if (header === undefined) header = record;
      else {
        each(record, records);
        records += 1;
      }
    }
  }
  if (header === undefined) throw invalidOutput('has no header');
  return { header, records };
}

/** The records below the header, block by block. */
export async function* recordBlocks(file: string): AsyncGenerator<Cell[][]> {
  let first = true;
  for await (const block of csvRecords(createReadStream(file), 'RESULT_INVALID')) {
    yield first ? block.slice(1) : block;
    first = false;
  }
}

/** Octets of the file of rows, from its current place where no offset is given. */
export async function octetsAt(file: FileHandle, length: number, offset: number | null = null): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset);
  if (bytesRead !== length) throw new Error('the file of rows is shorter than it was written');
  return buffer;
}
