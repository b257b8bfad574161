import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { HackError } from './hack-error.ts';

/** Far above what the work takes: what is older was left by a process that was ended. */
const LEFT_BEHIND_MS = 10_000;
const RETRY_MS = 20;

/**
 * Does short synchronous work while no other process does work under the same lock.
 *
 * @param lock path of a folder that exists while somebody holds the lock
 * @throws HackError LOCKED when another holds it for longer than any work takes
 */
export function whileLocked<T>(lock: string, work: () => T): T {
  const deadline = Date.now() + 2 * LEFT_BEHIND_MS;
  while (!take(lock)) {
    if (Date.now() > deadline) throw new HackError('LOCKED', `${lock} is held by another process; remove it when there is none`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
  }
  try {
    return work();
  } finally {
    rmdirSync(lock);
  }
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  if (Date.now() - since > LEFT_BEHIND_MS) rmdirSync(lock);
  return false;
}
