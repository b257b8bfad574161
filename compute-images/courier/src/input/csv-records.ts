import { Parser } from 'csv-parse';
import { CourierError } from '../errors.ts';
import type { Cell } from './arrow-rows.ts';

/** A record of a result holds at most this many octets. */
const longestRecord = 16 * 1024 * 1024;

/**
 * Records of a CSV as couriers and engines write it, header first, those of one chunk at a time. Every record has as many fields as
 * the header; an empty field is absent and `""` is an empty text, as in {@link csvLine}.
 *
 * @param code of the error for text that is no such CSV
 */
export async function* csvRecords(chunks: AsyncIterable<Buffer>, code: string): AsyncGenerator<Cell[][]> {
  let collected: Cell[][] = [];
  const parser = new Parser({
    record_delimiter: ['\r\n', '\n'],
    max_record_size: longestRecord,
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
    // Taken here rather than through the readable side: one turn of the event loop a chunk instead of one a record.
    on_record: (record: Cell[]) => {
      collected.push(record);
      return null;
    },
  });
  // The write callback reports the same error; without a listener the event would end the process.
  parser.on('error', () => undefined);
  const feed = (send: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => send((error) => (error ? reject(new CourierError(code, `line ${parser.info.lines} is not the CSV that was agreed`, { cause: error, retryable: true })) : resolve())));
  const take = (): Cell[][] => {
    const records = collected;
    collected = [];
    return records;
  };
  try {
    for await (const chunk of chunks) {
      await feed((done) => parser.write(chunk, done));
      if (collected.length > 0) yield take();
    }
    parser.resume();
    await feed((done) => {
      parser.once('error', done);
      parser.end(() => done());
    });
    if (collected.length > 0) yield take();
  } finally {
    parser.destroy();
  }
}
