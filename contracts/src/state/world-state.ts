import type { Json } from '@collabnet/envelope';

/** One entry of a range. */
export interface StateEntry {
  readonly key: string;
  readonly value: Json;
}

/** One past value of a key; `value` is absent where the key was deleted. */
export interface HistoryEntry {
  readonly height: number;
  readonly value?: Json;
}

/** Limits of a range read. */
export interface RangeOptions {
  /** Only keys greater than this one. */
  readonly after?: string;
  readonly limit: number;
}

/**
 * What contracts see of the ledger: synchronous, keys are printable ASCII ordered by code unit.
 *
 * Values handed out are copies: changing one changes nothing until it is put back.
 */
export interface WorldState {
  get(key: string): Json | undefined;
  put(key: string, value: Json): void;
  delete(key: string): void;
  /** Entries whose key starts with `prefix`, in key order. */
  range(prefix: string, options: RangeOptions): StateEntry[];
  /** Every committed value of a key, oldest first. */
  history(key: string): HistoryEntry[];
}

/** A change of one key; `value` is null where the key is deleted. */
export interface StateWrite {
  readonly key: string;
  readonly value: Json | null;
}
