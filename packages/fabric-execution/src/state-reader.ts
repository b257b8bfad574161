/** Committed state as an endorser or a replica reads it: stamped values as text. */
export interface StateReader {
  get(key: string): string | undefined;
  /** Entries from `start` on and before `end`, in key order, at most `limit`. */
  range(start: string, end: string, limit: number): { key: string; text: string }[];
}
