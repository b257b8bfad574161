/** What can be verified of an export; the order is that in which people read it. */
export const CHECKS = ['network', 'range', 'links', 'contents', 'blockSignatures', 'validity', 'transactionSignatures', 'rules', 'stateRoot'] as const;

/** One thing that was or was not verified. What does not hold is an error and no report. */
export interface Check {
  readonly name: (typeof CHECKS)[number];
  readonly verified: boolean;
  /** What was verified, or why not and what helps. */
  readonly detail: string;
}

/** What a verification came to. */
export interface ExportReport {
  readonly driver: 'embedded' | 'fabric';
  readonly networkId: string;
  /** Numbers of the first and the last block: heights, or with Fabric its block numbers. */
  readonly from: number;
  readonly to: number;
  readonly blocks: number;
  readonly transactions: number;
  /** Hash of the last block. */
  readonly hash: string;
  /** Newest height and what the state hashes to there; only where all was replayed. */
  readonly head?: { readonly height: number; readonly stateRoot: string; readonly time: number };
  readonly checks: readonly Check[];
}

/** Verifies the blocks of one ledger, which come in order. */
export interface ExportVerifier {
  /** Number that a line carries; undefined: it is no block. */
  numberOf(value: unknown): number | undefined;
  /** @throws LedgerError BLOCK_INVALID naming the block and what does not hold; CONTRACTS_MISMATCH */
  add(value: unknown): void;
  /** What the blocks came to; `network` and `range` are reported by who read the file. */
  report(): Omit<ExportReport, 'from' | 'blocks'>;
  close(): void;
}
