import type { Receipt } from '@collabnet/flow';

/** What is delivered of an engine's output. */
export interface Result {
  readonly rows: number;
  readonly contentType: string;
  /** Of rows that another party gave: its commitment to them, made anew. */
  readonly received?: Received;
  /** Its octets, as often as they are asked for. */
  readonly blocks: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

export type Received = NonNullable<Receipt['received']>[number];

export const CSV_TYPE = 'text/csv; charset=utf-8';
