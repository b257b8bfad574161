import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, repositoryRoot, whileLocked } from '@collabnet/hack';
import { faultsDocument } from './document.ts';
import { otherFaults } from './other-faults.ts';
import { readResults, writeResults, type CellResult } from './results.ts';

const DOCUMENT = join(repositoryRoot, 'docs', 'faults.md');

/** Keeps a result, where the run was asked to note what it sees, and writes the document of it. */
export function noteResult(result: CellResult): void {
  if (process.env['COLLABNET_FAULTS_NOTE'] !== '1') return;
  // Other lanes note theirs at the same time.
  whileLocked(join(cacheDir, 'faults.lock'), () => {
    writeResults(readResults().set(result.cell, result));
    writeDocument();
  });
}

export function writeDocument(): void {
  writeFileSync(DOCUMENT, currentDocument());
}

/** What the document should say. */
export function currentDocument(): string {
  return faultsDocument(readResults(), otherFaults());
}

/** What it says. */
export function writtenDocument(): string {
  return readFileSync(DOCUMENT, 'utf8');
}
