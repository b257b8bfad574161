import type { ExportReport } from '@collabnet/ledger';
import { fields, table } from '../base/table.ts';
import { paint } from '../base/text.ts';

/** A report for programs. `verified` says that nothing checked failed, `replayed` that the rules were among it. */
export function reportData(report: ExportReport): Record<string, unknown> {
  const { driver, networkId, from, to, blocks, transactions, hash, head, checks } = report;
  return {
    verified: true,
    replayed: head !== undefined,
    driver,
    networkID: networkId,
    from,
    to,
    blocks,
    transactions,
    head: hash,
    ...(head !== undefined && { height: head.height, stateRoot: head.stateRoot, time: new Date(head.time).toISOString() }),
    checks,
  };
}

export function describeReport(report: ExportReport, colour: boolean): string {
  const { checks, verified: _verified, replayed, ...plain } = reportData(report);
  const headline = replayed === true ? paint(colour, 'green', 'the chain holds') : paint(colour, 'yellow', 'hashes and signatures of blocks hold; the rules were not replayed');
  const rows = (checks as ExportReport['checks']).map(({ name, verified, detail }) => [name, verified ? 'verified' : 'not verified', detail]);
  return [headline, fields(Object.entries(plain) as [string, string | number][]), table(['WHAT', 'RESULT', 'DETAIL'], rows)].join('\n');
}
