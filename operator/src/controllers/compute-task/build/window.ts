import { institutionWindow, pairWindow } from '@collabnet/wire';

/**
 * Octets that one attempt may have on the way to one peer: its part of what the institution may have on the way to all.
 *
 * @param attempts most attempts that have a pod at once
 * @param peers of this attempt
 */
export function windowOfPair(attempts: number, peers: number): number {
  return Math.min(pairWindow, Math.floor(institutionWindow / (attempts * Math.max(1, peers))));
}
