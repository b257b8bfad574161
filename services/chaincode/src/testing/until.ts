import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds; an error is tried again, too. @throws the last error, or Error after `ms` */
export async function until(holds: () => Promise<boolean>, ms = 30_000): Promise<void> {
  for (const deadline = Date.now() + ms; ; await sleep(100)) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error(`not so within ${ms} ms`);
  }
}
