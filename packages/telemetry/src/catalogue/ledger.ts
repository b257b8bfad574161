import { counter, gauge, seconds } from './definition.ts';

/** Metrics of the host of an embedded ledger. */
export const LEDGER_METRICS = {
  height: gauge('height', 'Height of the newest block.'),
  blocks: counter('blocks_total', 'Blocks made since the start.'),
  transactions: counter('transactions_total', 'Transactions by outcome: Accepted, or the code of the refusal. What names no known contract and method counts as unknown.', ['contract', 'method', 'outcome']),
  submitSeconds: seconds('submit_seconds', 'Time from receiving a transaction to answering with its block or its refusal.'),
  waiting: gauge('waiting_transactions', 'Transactions that wait for a block.'),
} as const;
