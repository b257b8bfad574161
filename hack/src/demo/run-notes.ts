import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheDir } from '../lib/paths.ts';
import type { LedgerDriver } from './ledger.ts';

/** A successful run of the demo, as its notes keep it. Seconds. */
export interface DemoRun {
  /** ISO 8601, end of the run. */
  readonly date: string;
  /** Whether the local cluster did not exist before. */
  readonly cold: boolean;
  /** Absent in notes of before there was a choice: embedded. */
  readonly ledger?: LedgerDriver;
  /** From the start of `make demo`, its `setup` included. */
  readonly seconds: number;
  readonly phases: readonly { readonly title: string; readonly seconds: number }[];
}

export const runNotesFile = join(cacheDir, 'demo', 'runs.jsonl');

/** Adds a run to the notes, from which `make bench` takes its figures. */
export function noteRun(run: DemoRun, file = runNotesFile): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(run)}\n`);
}

/** The last run of that kind on this machine; a line that cannot be read is passed over. */
export function lastRun(cold: boolean, file = runNotesFile, ledger: LedgerDriver = 'embedded'): DemoRun | undefined {
  if (!existsSync(file)) return undefined;
  return readFileSync(file, 'utf8').split('\n').map(read).findLast((run) => run?.cold === cold && (run.ledger ?? 'embedded') === ledger);
}

function read(line: string): DemoRun | undefined {
  try {
    return JSON.parse(line) as DemoRun;
  } catch {
    return undefined;
  }
}
