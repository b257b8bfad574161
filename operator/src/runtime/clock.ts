import { performance } from 'node:perf_hooks';

/** Time as the runtime sees it; tests put in their own. */
export interface Clock {
  /** Wall time in milliseconds since the epoch: only for stamps that people or other processes read. */
  now(): number;
  /** Milliseconds that never jump: for every duration and deadline. */
  monotonic(): number;
  /** Calls `fire` once after `ms`; returns how to cancel it. */
  timer(ms: number, fire: () => void): () => void;
  /** Uniform in [0, 1), for jitter. */
  random(): number;
}

/** setTimeout fires at once above this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer: (ms: number, fire: () => void) => {
    const handle = setTimeout(fire, Math.min(Math.max(0, ms), MAX_TIMER_MS));
    return () => clearTimeout(handle);
  },
  random: () => Math.random(),
});

/** Waits; ends early, without an error, when the signal aborts. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.timer(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** RFC 3339 with whole seconds, as `metav1.Time` prints it. */
export function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 with exactly six fractional digits: `metav1.MicroTime` accepts nothing else. */
export function rfc3339Micro(ms: number): string {
  const micros = Math.floor(ms * 1000) % 1000;
  return `${new Date(ms).toISOString().slice(0, 23)}${String(micros).padStart(3, '0')}Z`;
}

/** `ms` spread by ±`fraction`, so that many clients do not act in step. */
export function jitter(clock: Clock, ms: number, fraction = 0.2): number {
  return ms * (1 + fraction * (2 * clock.random() - 1));
}
