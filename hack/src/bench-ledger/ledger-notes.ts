import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../lib/paths.ts';
import { ledgerDocument } from './document.ts';
import { ledgerNotesSchema, type LedgerNote, type LedgerNotes, type LedgerPart } from './ledger-figures.ts';

const FOLDER = join(repositoryRoot, 'docs');

export const ledgerDocumentFile = join(FOLDER, 'fabric-performance.md');

/** What the last run of each part came to. @throws ZodError when the file is not one of ours */
export function ledgerNotes(folder = FOLDER): LedgerNotes {
  const file = notesFile(folder);
  return existsSync(file) ? ledgerNotesSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
}

/** Keeps a part's run in place of the one before, and writes the document anew. */
export function noteLedger(part: LedgerPart, note: LedgerNote, folder = FOLDER): void {
  writeFileSync(notesFile(folder), `${JSON.stringify({ ...ledgerNotes(folder), [part]: note }, null, 2)}\n`);
  writeLedgerDocument(folder);
}

/** Writes the document of what is known. */
export function writeLedgerDocument(folder = FOLDER): void {
  writeFileSync(join(folder, 'fabric-performance.md'), ledgerDocument(ledgerNotes(folder)));
}

function notesFile(folder: string): string {
  return join(folder, 'fabric-performance.json');
}
