import type { RangeOptions } from '@collabnet/contracts';
import type { StampedValue } from './stamp.ts';

/** Committed state as an endorser or a replica reads it. */
export interface StateReader {
  get(key: string): StampedValue | undefined;
  /** Entries whose key starts with `prefix`, in key order. */
  range(prefix: string, options: RangeOptions): { key: string; value: StampedValue }[];
}
