import { BenchNotes } from '../bench/bench-notes.ts';
import { ledgerDocument } from './document.ts';
import { ledgerNotesSchema, type LedgerNotes } from './ledger-figures.ts';

/** docs/fabric-performance.json and fabric-performance.md. */
export function ledgerNotes(folder?: string): BenchNotes<LedgerNotes> {
  return new BenchNotes({ name: 'fabric-performance', schema: ledgerNotesSchema, document: ledgerDocument }, folder);
}
