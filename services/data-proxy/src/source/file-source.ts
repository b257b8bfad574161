import { stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { ProxyError, sourceError } from '../errors.ts';
import type { AssetDefinition } from './asset-definition.ts';
import { cellParser } from './cell.ts';
import type { CellParser } from './cell.ts';
import type { Cell, Description, OpenSource, RowBatch, ScanOptions } from './connector.ts';
import type { CsvRecord } from './csv-records.ts';
import { csvRecords } from './csv-records.ts';
import { columnIndexes } from './header.ts';
import { textChunks } from './text-chunks.ts';

const defaultBatchRows = 8192;
const maxProblems = 20;

interface Wanted {
  readonly name: string;
  readonly index: number;
  readonly parse: CellParser;
  readonly required: boolean;
}

/** One delimited text file, held open by handle: a file renamed over it is not seen by scans that follow. */
export class FileSource implements OpenSource {
  readonly #asset: AssetDefinition;
  readonly #handle: FileHandle;
  readonly #path: string;

  constructor(asset: AssetDefinition, handle: FileHandle, path: string) {
    this.#asset = asset;
    this.#handle = handle;
    this.#path = path;
  }

  async stamp(): Promise<string> {
    const { ino, size, mtimeNs } = await stat(this.#path, { bigint: true });
    return `${ino}:${size}:${mtimeNs}`;
  }

  async describe(onBatch?: (batch: RowBatch) => void): Promise<Description> {
    const problems: ProxyError[] = [];
    const found: string[] = [];
    let rows = 0;
    try {
      const onCellError = (error: ProxyError): void => {
        if (problems.length < maxProblems - 1) problems.push(error);
      };
      for await (const batch of this.#scan({ onCellError }, (header) => found.push(...header))) {
        rows += batch.rows.length;
        onBatch?.(batch);
      }
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error;
      problems.push(error);
    }
    return { columnsFound: found, rows, problems };
  }

  scan(options: ScanOptions = {}): AsyncGenerator<RowBatch> {
    return this.#scan(options, () => undefined);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async *#scan(options: ScanOptions, onHeader: (fields: readonly string[]) => void): AsyncGenerator<RowBatch> {
    const asset = this.#asset;
    const dialect = { file: asset.path, delimiter: asset.delimiter ?? (asset.format === 'CSV' ? ',' : '\t'), quotes: asset.format === 'CSV' };
    const batchRows = options.batchRows ?? defaultBatchRows;
    const from = options.from ?? 0;
    let wanted: Wanted[] | undefined;
    let row = 0;
    let batch: Cell[][] = [];
    for await (const records of csvRecords(textChunks(this.#handle, { file: asset.path, encoding: asset.encoding }), dialect)) {
      let start = 0;
      const first = records[0];
      if (!wanted && first) {
        wanted = this.#wanted(columnIndexes(asset, first.fields), options.columns);
        if (asset.header) {
          onHeader(first.fields);
          start = 1;
        }
      }
      for (let index = start; index < records.length; index += 1) {
        // Rows before `from` are checked too: a fault must not depend on where a reader starts.
        const cells = this.#cells(records[index] as CsvRecord, wanted ?? [], options.onCellError);
        row += 1;
        if (row <= from) continue;
        batch.push(cells);
        if (batch.length < batchRows) continue;
        yield { firstRow: row - batch.length, rows: batch };
        batch = [];
      }
    }
    if (!wanted) throw sourceError('SOURCE_EMPTY', { file: asset.path }, 'the file has nothing but empty lines');
    if (batch.length > 0) yield { firstRow: row - batch.length, rows: batch };
  }

  #wanted(indexes: readonly number[], columns: readonly string[] | undefined): Wanted[] {
    const all = this.#asset.columns.map((column, position) => ({
      name: column.name,
      index: indexes[position] ?? -1,
      parse: cellParser(column),
      required: column.role === 'Identifier',
    }));
    return (columns ?? all.map((column) => column.name)).map((name) => {
      const column = all.find((candidate) => candidate.name === name);
      if (!column) throw new ProxyError('COLUMN_UNKNOWN', `Column ${name} is not declared for asset ${this.#asset.assetId}.`, { field: 'columns' });
      return column;
    });
  }

  #cells(record: CsvRecord, wanted: readonly Wanted[], onError: ScanOptions['onCellError']): Cell[] {
    return wanted.map(({ name, index, parse, required }) => {
      const cell = parse(record.fields[index] ?? '');
      if (cell !== undefined && (cell !== null || !required)) return cell;
      const location = { file: this.#asset.path, line: record.line, column: name };
      const error =
        cell === null
          ? sourceError('SOURCE_IDENTIFIER_EMPTY', location, 'an identifier is empty; fill it in or leave the row out')
          : sourceError('SOURCE_CELL_TYPE', location, `not of type ${this.#typeOf(name)}`);
      if (!onError) throw error;
      onError(error);
      return null;
    });
  }

  #typeOf(name: string): string {
    return this.#asset.columns.find((column) => column.name === name)?.type ?? 'unknown';
  }
}
