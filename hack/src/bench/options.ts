import { parseArgs } from 'node:util';
import { WIRE_PROFILES, type WireProfile } from '@collabnet/flow';
import { HackError } from '../lib/hack-error.ts';

export interface BenchOptions {
  /** Rows per bank of each intersection that is measured. */
  readonly rows: readonly number[];
  /** Wire profiles of each intersection. */
  readonly profiles: readonly WireProfile[];
  /** Runs of each intersection; the median counts. */
  readonly runs: number;
  /** Small tasks whose start is timed. */
  readonly tasks: number;
  /** For work on the bench itself: everything small, no demo, and the document goes to standard output. */
  readonly quick: boolean;
}

const USAGE = 'usage: main.ts [--rows 10000,100000] [--profiles intl,gm] [--runs 3] [--tasks 20] [--quick]';
/** Below it a result, half of the rows, is withheld as too small (network rule `minimumSetSizeDefault`). */
const LEAST_ROWS = 200;

/** @throws HackError BAD_ARGUMENT that names the option */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { rows, profiles, runs, tasks, quick = false } = parsed(args);
  const usual = quick ? { rows: '1000', runs: '1', tasks: '2' } : { rows: '10000,100000', runs: '3', tasks: '20' };
  return {
    rows: (rows ?? usual.rows).split(',').map((each) => atLeast('--rows', each, LEAST_ROWS)),
    profiles: (profiles ?? 'intl,gm').split(',').map(profileOf),
    runs: atLeast('--runs', runs ?? usual.runs, 1),
    tasks: atLeast('--tasks', tasks ?? usual.tasks, 1),
    quick,
  };
}

function parsed(args: readonly string[]): { rows?: string; profiles?: string; runs?: string; tasks?: string; quick?: boolean } {
  try {
    return parseArgs({ args: [...args], options: { rows: { type: 'string' }, profiles: { type: 'string' }, runs: { type: 'string' }, tasks: { type: 'string' }, quick: { type: 'boolean' } } }).values;
  } catch (cause) {
    throw new HackError('BAD_ARGUMENT', `${(cause as Error).message}\n${USAGE}`, { cause });
  }
}

function profileOf(name: string): WireProfile {
  const profile = WIRE_PROFILES.find((each) => each === name);
  if (profile === undefined) throw new HackError('BAD_ARGUMENT', `--profiles ${name}: give ${WIRE_PROFILES.join(' or ')}\n${USAGE}`);
  return profile;
}

function atLeast(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new HackError('BAD_ARGUMENT', `${option} ${text}: give a whole number of at least ${least}\n${USAGE}`);
  return value;
}
