import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot, type LedgerDriver } from '@collabnet/hack';
import { z } from 'zod';

/** What was seen when a cell was run last. */
export const cellResultSchema = z.strictObject({
  cell: z.string(),
  date: z.string(),
  passed: z.boolean(),
  /** Attempts that the step took; 1: the fault was survived. */
  attempts: z.int().min(0),
  /** From the end of the fault to the end of the task, or what came last, seconds. */
  recoverySeconds: z.number().min(0),
  /** Reasons on the ledger of attempts that were lost; without ids. */
  reasons: z.array(z.string()),
  /** What failed. */
  problem: z.string().optional(),
});
export type CellResult = z.infer<typeof cellResultSchema>;

/** Where the results with a driver of the ledger are kept, below docs. */
export function resultsFile(driver: LedgerDriver): string {
  return driver === 'embedded' ? 'faults.json' : 'faults-fabric.json';
}

const pathOf = (driver: LedgerDriver): string => join(repositoryRoot, 'docs', resultsFile(driver));

export function readResults(driver: LedgerDriver): Map<string, CellResult> {
  const file = pathOf(driver);
  if (!existsSync(file)) return new Map();
  const list = z.array(cellResultSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
  return new Map(list.map((result) => [result.cell, result]));
}

export function writeResults(driver: LedgerDriver, results: ReadonlyMap<string, CellResult>): void {
  const lines = [...results.values()].sort((a, b) => a.cell.localeCompare(b.cell, 'en')).map((one) => `  ${JSON.stringify(one)}`);
  writeFileSync(pathOf(driver), `[\n${lines.join(',\n')}\n]\n`);
}
