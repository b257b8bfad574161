import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../base/errors.ts';

/**
 * Reads until `done` gives something.
 *
 * @param intervalMs - pause between reads, ms
 * @throws CliError TIMEOUT
 */
export async function waitFor<T, R>(read: () => Promise<T>, done: (value: T) => R | undefined, timeoutMs: number, what: string, intervalMs = 1000): Promise<R> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const result = done(await read());
    if (result !== undefined) return result;
    if (Date.now() >= end) throw new CliError('TIMEOUT', `${what} did not happen within ${Math.round(timeoutMs / 1000)} s; it may still happen, look again later`);
    await sleep(Math.min(intervalMs, Math.max(50, end - Date.now())));
  }
}
