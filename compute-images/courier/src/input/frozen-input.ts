import type { GrowingInt32 } from './growing-array.ts';

/** What the courier knows of the own rows: it never reads them from the engine. */
export interface FrozenInput {
  /** Result columns: keys, then payload. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** Different keys; rows without a complete key do not count. */
  readonly keys: number;
  /** Octets of each row in the file of rows. */
  readonly lengths: GrowingInt32;
  /** First row with the same key, by row; -1 where a key value is absent. */
  readonly representative: GrowingInt32;
  /** SM3, hex, over header and rows in canonical form. */
  readonly digest: string;
  /** Rows of the engine's file, the dummy included. */
  readonly engineRows: number;
}
