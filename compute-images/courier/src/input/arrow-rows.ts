import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { RecordBatchReader } from 'apache-arrow';
import type { RecordBatch } from 'apache-arrow';
import { CourierError } from '../errors.ts';

/** One value as text; null is absent. */
export type Cell = string | null;

/** Cells by column, then row. */
export type Batch = readonly (readonly Cell[])[];

/**
 * Reads an Arrow stream batch by batch; the next is asked for only when the last was used up.
 *
 * @param columns wanted, in this order; the stream must have exactly these
 * @throws CourierError DATA_PROXY_STREAM when the stream is not what was asked for, or was cut
 */
export async function* arrowBatches(response: IncomingMessage, columns: readonly string[]): AsyncGenerator<{ rows: number; cells: Batch }> {
  let total = 0;
  try {
    const reader = await RecordBatchReader.from(response.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>);
    await reader.open();
    const found = reader.schema.fields.map((field) => field.name);
    if (found.join('\0') !== columns.join('\0')) throw broken('has other columns than asked for');
    for await (const batch of reader) {
      total += batch.numRows;
      yield { rows: batch.numRows, cells: cellsOf(batch) };
    }
    response.resume();
    await finished(response);
  } catch (cause) {
    if (cause instanceof CourierError) throw cause;
    throw broken('was cut', cause);
  }
  // The end marker of the format can be missing unnoticed; the trailers are sent only after a whole stream.
  const { 'collabnet-outcome': outcome, 'collabnet-rows': rows } = response.trailers;
  if (outcome !== 'complete' || rows !== String(total)) throw broken('ended without saying that it is complete');
}

function cellsOf(batch: RecordBatch): Batch {
  return batch.schema.fields.map((_field, index) => {
    const vector = batch.getChildAt(index);
    return Array.from({ length: batch.numRows }, (_unused, row) => textOf(vector?.get(row)));
  });
}

function textOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'number') return String(value);
  throw broken('has a column of a type other than text, integer and boolean');
}

function broken(what: string, cause?: unknown): CourierError {
  return new CourierError('DATA_PROXY_STREAM', `data proxy: the stream ${what}`, { cause, retryable: true });
}
