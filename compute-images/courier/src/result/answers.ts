import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Cell } from '../input/arrow-rows.ts';
import { csvFields, csvLine } from '../input/csv.ts';
import type { FrozenRows } from '../input/frozen-input.ts';
import { rowColumn } from '../input/keyed-rows.ts';
import { invalidOutput, lookThrough, octetsAt, recordBlocks } from './engine-table.ts';
import { CSV_TYPE, type Result } from './result.ts';

/**
 * The own rows that were answered, with the columns of the other party behind them; a key that the other has in several rows comes
 * as often. Of a left join all own rows, in their order, those without an answer with empty columns.
 *
 * @param values names of the other's columns, as the specification has them
 * @throws CourierError RESULT_INVALID when the engine answers what was not asked
 */
export async function answers(file: string, rowsFile: string, frozen: FrozenRows, values: readonly string[], left: boolean): Promise<Result> {
  let [last, answered] = [-1, 0];
  const { header, records } = await lookThrough(createReadStream(file), (record) => {
    const row = rowOf(record);
    if (row < last || row >= frozen.rows || frozen.representative.at(row) !== row) throw invalidOutput('answers a row that was not asked for');
    if (row > last) answered += 1;
    last = row;
  });
  if (header.join('\0') !== [rowColumn, ...values].join('\0')) throw invalidOutput('has other columns than the step names');
  return { rows: left ? records + frozen.rows - answered : records, contentType: CSV_TYPE, blocks: () => joined(file, rowsFile, frozen, values, left) };
}

async function* joined(file: string, rowsFile: string, frozen: FrozenRows, values: readonly string[], left: boolean): AsyncGenerator<Buffer> {
  yield Buffer.from(csvLine([...frozen.columns, ...values]));
  const own = new OwnRows(await open(rowsFile), frozen, left ? ','.repeat(values.length) : undefined);
  try {
    for await (const block of recordBlocks(file)) {
      let text = '';
      for (const record of block) {
        text += await own.skipTo(rowOf(record));
        text += `${await own.current()},${csvFields(record, 1, record.length)}\n`;
      }
      if (text !== '') yield Buffer.from(text);
    }
    // A left join ends with what is behind the last answer; in pieces, since it can be all.
    for (let to = own.next; to < frozen.rows; ) {
      to = Math.min(frozen.rows, to + ROWS_PER_BLOCK);
      const text = await own.skipTo(to);
      if (text !== '') yield Buffer.from(text);
    }
  } finally {
    await own.close();
  }
}

const ROWS_PER_BLOCK = 4096;

/** Goes through the file of the own rows once; a row can have several answers, one after the other. */
class OwnRows {
  readonly #file: FileHandle;
  readonly #frozen: FrozenRows;
  /** Columns of a row without an answer; undefined where such rows are left out. */
  readonly #empty: string | undefined;
  #row = 0;
  #offset = 0;
  /** Whether the current row has been given. */
  #answered = false;

  constructor(file: FileHandle, frozen: FrozenRows, empty: string | undefined) {
    [this.#file, this.#frozen, this.#empty] = [file, frozen, empty];
  }

  /** First row that has not been given or passed over. */
  get next(): number {
    return this.#answered ? this.#row + 1 : this.#row;
  }

  /** Goes on to a row; what is to be told of those before it. */
  async skipTo(row: number): Promise<string> {
    let text = '';
    for (; this.#row < row; this.#row += 1) {
      if (this.#empty !== undefined && !this.#answered) text += `${await this.#line()}${this.#empty}\n`;
      this.#offset += this.#frozen.lengths.at(this.#row);
      this.#answered = false;
    }
    return text;
  }

  /** The current row, which has an answer. */
  current(): Promise<string> {
    this.#answered = true;
    return this.#line();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Without its line feed. */
  async #line(): Promise<string> {
    const line = await octetsAt(this.#file, this.#frozen.lengths.at(this.#row), this.#offset);
    return line.toString('utf8', 0, line.length - 1);
  }
}

function rowOf([first]: readonly Cell[]): number {
  if (!/^\d{1,10}$/.test(first ?? '')) throw invalidOutput('the first column is not a row number');
  return Number(first);
}
