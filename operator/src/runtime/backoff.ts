import type { Clock } from './clock.ts';

export interface BackoffOptions {
  /** First delay. */
  readonly baseMs: number;
  /** No delay is longer. */
  readonly maxMs: number;
}

/** Exponential delay for the n-th failure (0-based), spread over [75 %, 100 %] of its step. */
export function backoffDelay(clock: Clock, options: BackoffOptions, failures: number): number {
  const step = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(failures, 30));
  return step * (0.75 + 0.25 * clock.random());
}
