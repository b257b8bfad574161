import { z } from 'zod';
import type { WorldState } from '../state/world-state.ts';

/** Arguments that every list takes. */
export const pageArgs = {
  limit: z.int().min(1).max(200).default(50),
  /** `next` of the page before. */
  after: z.string().min(1).max(512).optional(),
};

/** One page; `next` is absent on the last one. */
export interface Page<T> {
  items: T[];
  next?: string;
}

/**
 * Reads one page under a prefix. `pick` turns an entry into an item or drops it; dropped ones do not count, so a page
 * is full unless the list ends.
 */
export function page<T>(
  state: Pick<WorldState, 'range'>,
  prefix: string,
  args: { limit: number; after?: string | undefined },
  pick: (value: unknown, suffix: string) => T | undefined,
): Page<T> {
  const items: T[] = [];
  let last = args.after;
  for (;;) {
    const entries = state.range(prefix, {
      limit: args.limit + 1,
      ...(last === undefined ? {} : { after: prefix + last }),
    });
    for (const { key, value } of entries) {
      const suffix = key.slice(prefix.length);
      const item = pick(value, suffix);
      if (item !== undefined) {
        if (items.length === args.limit) return last === undefined ? { items } : { items, next: last };
        items.push(item);
      }
      last = suffix;
    }
    if (entries.length <= args.limit) return { items };
  }
}

/** Every entry under a prefix, read in pages; for ranges that the rules keep short. */
export function* each(state: Pick<WorldState, 'range'>, prefix: string): Generator<{ suffix: string; value: unknown }> {
  let after: string | undefined;
  for (;;) {
    const entries = state.range(prefix, { limit: 100, ...(after === undefined ? {} : { after }) });
    for (const { key, value } of entries) yield { suffix: key.slice(prefix.length), value };
    after = entries.at(-1)?.key;
    if (entries.length < 100) return;
  }
}
