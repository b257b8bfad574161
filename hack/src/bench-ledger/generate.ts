/** Writes docs/fabric-performance.md anew from the figures beside it. */
import { writeLedgerDocument } from './ledger-notes.ts';

writeLedgerDocument();
