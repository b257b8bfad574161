import { setTimeout as delay } from 'node:timers/promises';

/** Asks until `check` gives something other than undefined or false; an error of it counts as not yet. */
export async function eventually<T>(what: string, check: () => Promise<T | undefined | false> | T | undefined | false, timeoutMs = 30_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (let last: unknown; ; ) {
    try {
      const value = await check();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: last });
    await delay(50);
  }
}
