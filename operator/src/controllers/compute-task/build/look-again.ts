import type { ComputePod } from './pod-fault.ts';

const LEAST_MS = 250;

/**
 * When a courier is asked again, ms. A young pod is about to say something and others wait for it; the longer it takes,
 * the less a moment matters, so that long tasks cost little.
 *
 * @param now epoch ms
 * @param most ms, for an old pod
 */
export function lookAgainAfter(pod: ComputePod | undefined, now: number, most: number): number {
  const created = Date.parse(pod?.metadata.creationTimestamp ?? '');
  if (Number.isNaN(created)) return most;
  return Math.min(most, Math.max(LEAST_MS, Math.round((now - created) / 20)));
}
