import type { ExportReport } from '@collabnet/ledger';
import { fields, table } from '../base/table.ts';
import { paint } from '../base/text.ts';

/** A report for programs. `verified` says that nothing checked failed, `replayed` that the rules were among it. */
export function reportData(report: ExportReport): Record<string, unknown> {
  return { verified: true, replayed: isReplayed(report), ...factsOf(report), checks: report.checks };
}

export function describeReport(report: ExportReport, colour: boolean): string {
  const headline = isReplayed(report) ? paint(colour, 'green', 'the chain holds') : paint(colour, 'yellow', 'what could be verified holds; not all rules were replayed');
  const rows = report.checks.map(({ name, verified, detail }) => [name, verified ? 'verified' : 'not verified', detail]);
  return [headline, fields(Object.entries(factsOf(report))), table(['WHAT', 'RESULT', 'DETAIL'], rows)].join('\n');
}

function isReplayed({ checks }: ExportReport): boolean {
  return checks.some(({ name, verified }) => name === 'rules' && verified);
}

function factsOf({ driver, networkId, from, to, blocks, transactions, hash, head }: ExportReport): Record<string, string | number> {
  const facts = { driver, networkID: networkId, from, to, blocks, transactions, head: hash };
  return head === undefined ? facts : { ...facts, height: head.height, stateRoot: head.stateRoot, time: new Date(head.time).toISOString() };
}
