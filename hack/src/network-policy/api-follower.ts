import { createInterface } from 'node:readline';
import type { ApiReader } from '../lib/api-reader.ts';
import { HackError } from '../lib/hack-error.ts';
import { sleep } from '../lib/run.ts';

export interface ApiObject {
  readonly metadata: { readonly namespace?: string; readonly name: string; readonly uid: string };
}

interface ListAnswer<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** What a follower tells about; `reset` replaces everything known before. */
export interface FollowHandlers<T> {
  readonly reset: (items: readonly T[]) => void;
  readonly set: (item: T) => void;
  readonly remove: (item: T) => void;
  readonly lost: (error: unknown) => void;
}

/** Lists and watches for ever; after a lost connection it lists again. */
export async function follow<T>(reader: ApiReader, path: string, handlers: FollowHandlers<T>): Promise<never> {
  for (;;) {
    try {
      await followOnce(reader, path, handlers);
    } catch (error) {
      handlers.lost(error);
      await sleep(1000);
    }
  }
}

async function followOnce<T>(reader: ApiReader, path: string, handlers: FollowHandlers<T>): Promise<void> {
  const list = await reader.get<ListAnswer<T>>(path);
  handlers.reset(list.items);
  const query = new URLSearchParams({ watch: 'true', resourceVersion: list.metadata.resourceVersion, timeoutSeconds: '300' });
  const stream = await reader.open(`${path}?${query.toString()}`);
  for await (const line of createInterface({ input: stream })) {
    const { type, object } = JSON.parse(line) as WatchEvent<T>;
    if (type === 'ERROR') throw new HackError('API_FAILED', `watch of ${path}: ${line.slice(0, 200)}`);
    if (type === 'DELETED') handlers.remove(object);
    else if (type !== 'BOOKMARK') handlers.set(object);
  }
}
