import { z } from 'zod';
import { partNote } from '../bench/part-note.ts';
import { startFiguresSchema } from '../bench/performance-figures.ts';

const rate = z.object({ callsPerSecond: z.number(), cpuPerCall: z.record(z.string(), z.number()) });
const sizes = z.object({ blocks: z.number(), state: z.number(), other: z.number() });
const shares = z.record(z.string(), z.number());

const throughputFigures = z.object({
  orderers: z.number(),
  organisations: z.number(),
  batchTimeoutMs: z.number(),
  inFlight: z.number(),
  rounds: z.number(),
  callsPerRound: z.number(),
  write: z.object({ nothing: rate, contract: rate }),
  alone: z.object({ nothing: z.number(), contract: z.number() }),
  read: z.object({ nothing: rate, peer: rate, replica: rate }),
  deployment: z.object({ channel: z.number(), contracts: z.number(), genesis: z.number() }),
});

/** What `services/chaincode/dist/testing/bench/main.js` writes (there with the meaning of each), and `start` of the cluster. */
export const ledgerFiguresSchema = z.object({
  throughput: z.array(throughputFigures).optional(),
  sync: z.object({ blocks: z.number(), transactions: z.number(), peer: z.number(), reading: z.number(), view: z.number(), viewOctets: z.number() }).optional(),
  growth: z
    .object({ flows: z.number(), receipts: z.number(), transactionOctets: z.number(), receiptsAlone: sizes, flowsWhole: sizes, flowTransactions: z.number() })
    .optional(),
  profile: z.object({ calls: z.number(), driver: shares, chaincode: shares }).optional(),
  sm2: z.array(z.object({ operation: z.string(), ours: z.number(), baseline: z.number() })).optional(),
  /** Of the bench on the cluster. */
  start: startFiguresSchema.optional(),
});

export type LedgerFigures = z.output<typeof ledgerFiguresSchema>;
export type Rate = z.output<typeof rate>;
export type Sizes = z.output<typeof sizes>;

/** Parts of the bench; each keeps its last run. `start` is measured by `make bench LEDGER=fabric`. */
export const LEDGER_PARTS = ['throughput', 'growth', 'profile', 'start'] as const;
export type LedgerPart = (typeof LEDGER_PARTS)[number];

const noteSchema = partNote(ledgerFiguresSchema);
export type LedgerNote = z.output<typeof noteSchema>;

export const ledgerNotesSchema = z.partialRecord(z.enum(LEDGER_PARTS), noteSchema);
export type LedgerNotes = z.output<typeof ledgerNotesSchema>;
