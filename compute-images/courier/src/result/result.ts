/** What is delivered of an engine's output. */
export interface Result {
  readonly rows: number;
  readonly contentType: string;
  /** Its octets, as often as they are asked for. */
  readonly blocks: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

export const CSV_TYPE = 'text/csv; charset=utf-8';
