import { Parser } from 'csv-parse';
import { sourceError } from '../errors.ts';
import { maxLineBytes } from './text-chunks.ts';

export interface CsvDialect {
  readonly file: string;
  readonly delimiter: string;
  /** False: a quote is an ordinary character. */
  readonly quotes: boolean;
}

export interface CsvRecord {
  readonly fields: string[];
  /** Line on which the record ends, from 1. */
  readonly line: number;
}

/**
 * Parses UTF-8 chunks into records, those of one chunk at a time. Strict: every record has as many fields as the first;
 * quotes open at the start of a field, close at its end and are doubled inside. Lines end with LF or CRLF; empty lines
 * are passed over.
 *
 * @throws ProxyError SOURCE_ROW_BROKEN
 */
export async function* csvRecords(chunks: AsyncIterable<Buffer>, dialect: CsvDialect): AsyncGenerator<CsvRecord[]> {
  let collected: CsvRecord[] = [];
  const parser = new Parser({
    delimiter: dialect.delimiter,
    quote: dialect.quotes ? '"' : null,
    escape: dialect.quotes ? '"' : null,
    record_delimiter: ['\r\n', '\n'],
    skip_empty_lines: true,
    max_record_size: maxLineBytes,
    // Taken here rather than through the readable side: one turn of the event loop a chunk instead of one a record.
    on_record: (fields: string[]) => {
      collected.push({ fields, line: parser.info.lines });
      return null;
    },
  });
  // The write callback reports the same error; without a listener the event would end the process.
  parser.on('error', () => undefined);
  const take = (): CsvRecord[] => {
    const records = collected;
    collected = [];
    return records;
  };
  const feed = (send: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => send((error) => (error ? reject(broken(error, dialect.file, parser.info.lines)) : resolve())));
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

function broken(error: Error & { code?: string }, file: string, line: number): Error {
  const reasons: Record<string, string> = {
    CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'another number of fields than in the first line',
    CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
    CSV_INVALID_CLOSING_QUOTE: 'text after a closing quote; double the quotes inside a quoted field',
    INVALID_OPENING_QUOTE: 'a quote inside an unquoted field; quote the whole field and double the quotes in it',
    CSV_MAX_RECORD_SIZE: `a record longer than ${maxLineBytes} characters; a quote may be left open`,
  };
  // The parser's own message quotes the record, which is data: only its code is kept.
  const reason = reasons[error.code ?? ''] ?? `not a record of the declared dialect (${error.code ?? 'unknown'})`;
  return sourceError('SOURCE_ROW_BROKEN', { file, line }, reason);
}
