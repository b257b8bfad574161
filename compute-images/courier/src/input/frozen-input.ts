import type { CourierInput } from '@collabnet/wire';
import type { GrowingInt32 } from './growing-array.ts';
import type { KeyOrder } from './key-order.ts';

/** What the courier knows of the own rows: it never reads them from the engine. */
export interface FrozenRows {
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
  /** Rows of the engine's file, the dummy included where there is one. */
  readonly engineRows: number;
  /** SM3, hex, over the keys in their order: of joined rows, the same at every party. */
  readonly alignment: string;
  /** Of a join: the order of the result. */
  readonly order?: KeyOrder;
}

/** A table or a share of a model, as an earlier step made it. */
export interface FrozenFile {
  readonly input: CourierInput;
  readonly path: string;
  /** SM3, hex, of its octets. */
  readonly digest: string;
}

/** All inputs of this party in a step. */
export interface FrozenInputs {
  readonly rows: FrozenRows | undefined;
  readonly files: readonly FrozenFile[];
}
