import { HackError } from '../lib/hack-error.ts';

/** The pods of more ask for more than two processors. */
const MOST = 6;

/**
 * Number of this lane: suites that run at the same time each have institutions of their own on the one cluster.
 * COLLABNET_LANE, else 1.
 *
 * @throws HackError BAD_ARGUMENT
 */
export function laneNumber(environment = process.env): number {
  return numbered('COLLABNET_LANE', environment, 1);
}

/**
 * How many lanes a run of the end-to-end suites has: COLLABNET_LANES, else `fallback`.
 *
 * @throws HackError BAD_ARGUMENT
 */
export function laneCount(fallback: number, environment = process.env): number {
  return numbered('COLLABNET_LANES', environment, fallback);
}

/** What names that belong to one lane have at their end: nothing in the first. */
export function laneSuffix(environment = process.env): string {
  const lane = laneNumber(environment);
  return lane === 1 ? '' : String(lane);
}

function numbered(name: string, environment: NodeJS.ProcessEnv, fallback: number): number {
  const given = environment[name];
  const value = given === undefined || given === '' ? fallback : Number(given);
  if (!Number.isInteger(value) || value < 1 || value > MOST) throw new HackError('BAD_ARGUMENT', `${name}: ${given} is no number from 1 to ${MOST}`);
  return value;
}
