import { count, table } from '../bench/markdown.ts';
import type { LedgerFigures, Sizes } from './ledger-figures.ts';

const PER = 10_000;

/** How fast a new peer and a new view catch up. */
export function syncSection({ sync }: LedgerFigures): string {
  if (sync === undefined) return '';
  const { blocks, transactions, peer, reading, view, viewOctets } = sync;
  const row = (what: string, seconds: number): string[] => [what, seconds.toFixed(1), (blocks / seconds).toFixed(0), (transactions / seconds).toFixed(0), (seconds / reading).toFixed(1)];
  return `## Synchronisation
${table(['', 's', 'blocks a second', 'transactions a second', 'times the reading'], [row('blocks read and not looked into', reading), row('new peer', peer), row("the driver's verified view, from nothing", view)])}

${count(blocks)} blocks with ${count(transactions)} transactions of the contracts, and as many calls that do nothing. The new peer has lost its volume and joins again, with an empty disk and its old
certificates; it checks endorsements and read sets. The view runs every transaction again, SM2 signature and rules, and compares every octet; its file then has
${(viewOctets / 1024 / Math.max(1, transactions)).toFixed(1)} KiB a transaction. A peer that begins with a snapshot, and a view with a kept file, need neither.`;
}

/** What receipts take on each peer. */
export function growthSection({ growth }: LedgerFigures): string {
  if (growth === undefined) return '';
  const { flows, receipts, transactionOctets, receiptsAlone, flowsWhole, flowTransactions } = growth;
  const mib = (octets: number): string => `${((octets * PER) / receipts / 1024 ** 2).toFixed(0)} MiB`;
  const row = (what: string, sizes: Sizes, transactions: number): string[] => [
    what,
    count(transactions),
    mib(sizes.blocks),
    mib(sizes.state + sizes.other),
    `${(sizes.blocks / transactions / 1024).toFixed(1)} KiB`,
    (sizes.blocks / transactions / transactionOctets).toFixed(1),
  ];
  return `## Growth for ${count(PER)} receipts
${table(
  ['', 'transactions measured', 'blocks', 'state and indexes', 'blocks, a transaction', 'times a signed receipt'],
  [row('receipts alone', receiptsAlone, receipts), row('their flows, from proposal to last receipt', flowsWhole, flowTransactions)],
)}

Extrapolated from ${count(receipts)} receipts of ${count(flows)} two-party flows of one step, on the disk of one peer; each peer has as much, an orderer the blocks. A receipt transaction is
${(transactionOctets / 1024).toFixed(1)} KiB as it is sent; in a block it has two endorsements with certificates, keys read and values written beside it. State and indexes are LevelDB files
before compaction, which shrinks them. More members endorse each call more often: about 1 KiB each.`;
}
