import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, ledgerDriver, repositoryRoot, whileLocked, type LedgerDriver } from '@collabnet/hack';
import { faultsDocument } from './document.ts';
import { otherFaults } from './other-faults.ts';
import { readResults, writeResults, type CellResult } from './results.ts';

/** Each has a document of its own. */
export const DRIVERS: readonly LedgerDriver[] = ['embedded', 'fabric'];

const documentOf = (driver: LedgerDriver): string => join(repositoryRoot, 'docs', driver === 'embedded' ? 'faults.md' : 'faults-fabric.md');

/** Keeps a result, where the run was asked to note what it sees, and writes the document of it. */
export function noteResult(result: CellResult): void {
  if (process.env['COLLABNET_FAULTS_NOTE'] !== '1') return;
  // Other lanes note theirs at the same time.
  whileLocked(join(cacheDir, 'faults.lock'), () => {
    const driver = ledgerDriver();
    writeResults(driver, readResults(driver).set(result.cell, result));
    writeDocument(driver);
  });
}

export function writeDocument(driver: LedgerDriver): void {
  writeFileSync(documentOf(driver), currentDocument(driver));
}

/** What the document should say. */
export function currentDocument(driver: LedgerDriver): string {
  return faultsDocument(driver, readResults(driver), otherFaults(driver));
}

/** What it says. */
export function writtenDocument(driver: LedgerDriver): string {
  return readFileSync(documentOf(driver), 'utf8');
}
