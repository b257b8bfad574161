import { parseArgs } from 'node:util';
import { WIRE_PROFILES, type WireProfile } from '@collabnet/flow';
import { HackError } from '../lib/hack-error.ts';

/** What can be measured by itself; each keeps its last run. */
const BENCH_PARTS = ['intersection', 'mpc', 'sets', 'start', 'sm2', 'demo'] as const;
export type BenchPart = (typeof BENCH_PARTS)[number];

export interface BenchOptions {
  readonly parts: readonly BenchPart[];
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

const USAGE = `usage: main.ts [--parts ${BENCH_PARTS.join(',')}] [--rows 10000,100000] [--profiles intl,gm] [--runs 3] [--tasks 20] [--quick]`;
/** Below it a result, half of the rows, is withheld as too small (network rule `minimumSetSizeDefault`). */
const LEAST_ROWS = 200;

/** @throws HackError BAD_ARGUMENT that names the option */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { parts, rows, profiles, runs, tasks, quick = false } = parsed(args);
  const usual = quick ? { parts: 'intersection,start,sm2', rows: '1000', runs: '1', tasks: '2' } : { parts: BENCH_PARTS.join(','), rows: '10000,100000', runs: '3', tasks: '20' };
  return {
    parts: (parts ?? usual.parts).split(',').map((each) => oneOf('--parts', BENCH_PARTS, each)),
    rows: (rows ?? usual.rows).split(',').map((each) => atLeast('--rows', each, LEAST_ROWS)),
    profiles: (profiles ?? 'intl,gm').split(',').map((each) => oneOf('--profiles', WIRE_PROFILES, each)),
    runs: atLeast('--runs', runs ?? usual.runs, 1),
    tasks: atLeast('--tasks', tasks ?? usual.tasks, 1),
    quick,
  };
}

type Given = Partial<Record<'parts' | 'rows' | 'profiles' | 'runs' | 'tasks', string>> & { quick?: boolean };

function parsed(args: readonly string[]): Given {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...args], options: { parts: text, rows: text, profiles: text, runs: text, tasks: text, quick: { type: 'boolean' } } }).values;
  } catch (cause) {
    throw new HackError('BAD_ARGUMENT', `${(cause as Error).message}\n${USAGE}`, { cause });
  }
}

function oneOf<T extends string>(option: string, known: readonly T[], name: string): T {
  const found = known.find((each) => each === name);
  if (found === undefined) throw new HackError('BAD_ARGUMENT', `${option} ${name}: give ${known.join(' or ')}\n${USAGE}`);
  return found;
}

function atLeast(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new HackError('BAD_ARGUMENT', `${option} ${text}: give a whole number of at least ${least}\n${USAGE}`);
  return value;
}
