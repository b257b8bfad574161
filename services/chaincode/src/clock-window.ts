import type { Refusal } from '@collabnet/fabric-execution';

/**
 * Refuses a proposal whose time lies too far from the own clock. Clocks differ between endorsers, but a refusal
 * endorses nothing: they decide who endorses, never what. A majority that endorses has so bounded the time. Peers of
 * Fabric 2.5 do not check it.
 *
 * @param time of the proposal, epoch ms
 * @param windowMs to either side
 */
export function outsideWindow(time: number, now: number, windowMs: number): Refusal | undefined {
  if (Math.abs(time - now) <= windowMs) return undefined;
  return { code: 'CLOCK_SKEW', message: `time: the proposal says ${new Date(time).toISOString()}, this endorser ${new Date(now).toISOString()}, more than ${windowMs} ms apart; correct the clock`, now };
}
