import { AsyncByteQueue, Bool, Field, Int64, RecordBatch, RecordBatchStreamWriter, Schema, Struct, Utf8, makeData } from 'apache-arrow';
import type { Data, DataType } from 'apache-arrow';
import type { ColumnDefinition } from './asset-definition.ts';
import type { Cell } from './connector.ts';

/** Collects what the Arrow writer emits until it is taken: the library's own queue has no backpressure. */
class ByteCollector extends AsyncByteQueue {
  #chunks: Uint8Array[] = [];

  override write(chunk: Parameters<AsyncByteQueue['write']>[0]): void {
    if (chunk instanceof Uint8Array && chunk.byteLength > 0) this.#chunks.push(chunk);
  }

  take(): Buffer {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return bytes;
  }
}

/**
 * Encodes batches of canonical cells as an Arrow IPC stream. Identifiers of every type, strings, dates (ISO) and decimals
 * are Utf8: decimals have no scale that is known beforehand, and text stays exact. Integers are Int64, booleans Bool. All
 * fields are nullable; role and declared type stand in the field's metadata.
 */
export class ArrowStreamEncoder {
  readonly #columns: readonly { readonly definition: ColumnDefinition; readonly index: number }[];
  readonly #schema: Schema;
  readonly #writer = new RecordBatchStreamWriter();
  readonly #sink = new ByteCollector();

  /**
   * @param all columns in the order of the rows that {@link encode} gets
   * @param wanted names of those that are written, in this order
   */
  constructor(all: readonly ColumnDefinition[], wanted: readonly string[], metadata: Readonly<Record<string, string>> = {}) {
    this.#columns = wanted.map((name) => {
      const index = all.findIndex((column) => column.name === name);
      return { definition: all[index] as ColumnDefinition, index };
    });
    const fields = this.#columns.map(({ definition }) => new Field(definition.name, typeOf(definition), true, new Map([['role', definition.role], ['type', definition.type]])));
    this.#schema = new Schema(fields, new Map(Object.entries(metadata)));
    this.#writer.reset(this.#sink, this.#schema);
  }

  /** Bytes of one batch; the first come with the schema message. */
  encode(rows: readonly (readonly Cell[])[]): Buffer {
    const children = this.#columns.map(({ definition, index }) => columnData(definition, rows, index));
    const data = makeData({ type: new Struct(this.#schema.fields), length: rows.length, nullCount: 0, children });
    this.#writer.write(new RecordBatch(this.#schema, data));
    return this.#sink.take();
  }

  /** The end-of-stream marker. A stream without it is incomplete and must be thrown away. */
  end(): Buffer {
    this.#writer.finish();
    return this.#sink.take();
  }
}

function typeOf(column: ColumnDefinition): DataType {
  if (column.role === 'Identifier') return new Utf8();
  if (column.type === 'Integer') return new Int64();
  return column.type === 'Boolean' ? new Bool() : new Utf8();
}

function columnData(column: ColumnDefinition, rows: readonly (readonly Cell[])[], index: number): Data {
  const type = typeOf(column);
  const length = rows.length;
  const nullBitmap = new Uint8Array((length + 7) >> 3);
  let nullCount = length;
  rows.forEach((row, at) => {
    if ((row[index] ?? null) === null) return;
    setBit(nullBitmap, at);
    nullCount -= 1;
  });
  if (type instanceof Int64) {
    const data = new BigInt64Array(length);
    rows.forEach((row, at) => (data[at] = BigInt(row[index] ?? 0)));
    return makeData({ type, length, nullCount, nullBitmap, data });
  }
  if (type instanceof Bool) {
    const data = new Uint8Array((length + 7) >> 3);
    rows.forEach((row, at) => row[index] === 'true' && setBit(data, at));
    return makeData({ type, length, nullCount, nullBitmap, data });
  }
  const valueOffsets = new Int32Array(length + 1);
  rows.forEach((row, at) => (valueOffsets[at + 1] = (valueOffsets[at] ?? 0) + Buffer.byteLength(row[index] ?? '')));
  const data = Buffer.allocUnsafe(valueOffsets[length] ?? 0);
  rows.forEach((row, at) => data.write(row[index] ?? '', valueOffsets[at] ?? 0, 'utf8'));
  return makeData({ type: new Utf8(), length, nullCount, nullBitmap, valueOffsets, data });
}

function setBit(bitmap: Uint8Array, at: number): void {
  bitmap[at >> 3] = (bitmap[at >> 3] ?? 0) | (1 << (at & 7));
}
