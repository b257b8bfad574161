/** Writes docs/fabric-performance.md anew from the figures beside it. */
import { ledgerNotes } from './ledger-notes.ts';

ledgerNotes().writeDocument();
