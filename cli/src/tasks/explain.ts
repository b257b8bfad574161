import type { CollabNetwork, ComputeTask } from '@collabnet/crds';
import { ago, bytes } from '../base/text.ts';
import { fields, table } from '../base/table.ts';
import { describeTask } from './describe.ts';
import type { ExplainedStep, Explanation } from './explanation/explanation.ts';

/** Beyond this the age of the ledger view is worth a word, s. */
const OLD_VIEW_S = 60;

/** Where a task stands, whom it waits for, why, and what to do: for people. @param now ms */
export function explainTask(told: Explanation, task: ComputeTask, network: CollabNetwork | undefined, now: number): string {
  const { status } = task;
  const parts = [
    fields([
      ['task', told.task + (told.mirror ? ' (mirror of a flow proposed by another institution)' : '')],
      ['phase', told.phase],
      ['now', told.now],
      ['deletion', task.metadata.deletionTimestamp === undefined ? undefined : 'asked for; the flow is being cancelled'],
    ]),
    told.waitsFor.length === 0 ? '' : ['waits for', ...told.waitsFor.map((line) => `  ${line}`)].join('\n'),
    trouble(told),
    consents(told, now),
    ...told.steps.map((step) => stepText(step, now)),
    podText(told),
    results(told),
    describeTask(task, network),
    fields([
      ['role', status?.role],
      ['flow', told.flowID],
      ['trace', told.traceID],
      ['started', status?.startedAt],
      ['finished', status?.finishedAt],
      ['engine', status?.enginePrimitives],
      ['isolation', status?.isolation],
      ['ledger view', ledgerText(told)],
    ]),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function trouble({ trouble: found, phase }: Explanation): string {
  if (found === undefined) return '';
  const title = found.stalled ? 'stalled' : phase === 'Running' ? 'under way' : 'not ready';
  return [`${title} (${found.reason})`, `  ${found.message}`, ...(found.remedy === undefined ? [] : [`  what to do: ${found.remedy}`])].join('\n');
}

function consents({ consents: all }: Explanation, now: number): string {
  const rows = all.map((one) => [one.party, one.state, one.via, when(one.decidedAt, now), when(one.confirmedAt, now), one.grantID, one.reason]);
  return rows.length === 0 ? '' : table(['PARTY', 'CONSENT', 'VIA', 'DECIDED', 'CONFIRMED', 'GRANT', 'REASON'], rows);
}

function stepText(step: ExplainedStep, now: number): string {
  const attempt = step.attempt === undefined ? '' : `, attempt ${step.attempt} of ${step.maxAttempts}`;
  const lines = [`step ${step.name}: ${step.phase}${attempt}`];
  const rows = step.parties.map(({ party, reservedAt, receiptAt }) => [party, reservedAt === undefined ? 'no' : `${when(reservedAt, now)}`, when(step.startedAt, now), receiptAt === undefined ? 'no' : when(receiptAt, now)]);
  if (rows.length > 0) lines.push(indent(table(['PARTY', 'RESERVED', 'STARTED', 'RECEIPT'], rows)));
  if (step.courier !== undefined) lines.push(`  own courier: ${step.courier.state} since ${when(step.courier.since, now)}`);
  for (const past of step.failed) {
    lines.push(`  attempt ${past.attempt} failed ${when(past.endedAt, now)}${past.ran ? '' : ', before it started'}: ${past.reason}, told by ${past.reporter}`, `    ${past.message}`);
    if (past.remedy !== undefined) lines.push(`    what to do: ${past.remedy}`);
  }
  return lines.join('\n');
}

function podText({ pod }: Explanation): string {
  if (pod === undefined) return '';
  const lines = [`own pod ${pod.name}: ${pod.phase}${pod.node === undefined ? '' : ` on ${pod.node}`}`];
  if (pod.blockedBy !== undefined) lines.push(`  ${pod.blockedBy}`);
  return [...lines, ...pod.warnings.map((text) => `  event ${text}`)].join('\n');
}

function results({ results: all, task, receipts }: Explanation): string {
  const lines = receipts.length === 0 ? [] : [`receipts on the ledger: ${receipts.map(({ step, party }) => `${party} for ${step}`).join(', ')}`];
  const rows = all.map((one) => [one.step, one.output, one.rows, bytes(one.bytes), one.location]);
  if (rows.length > 0) lines.push(table(['STEP', 'OUTPUT', 'ROWS', 'SIZE', 'WHERE'], rows), `fetch with: kubectl collabnet result get ${task} -o FILE --key NAME`);
  return lines.join('\n');
}

function ledgerText({ ledger }: Explanation): string | undefined {
  if (ledger === undefined) return undefined;
  const { height, state, viewAgeSeconds } = ledger;
  const old = viewAgeSeconds !== undefined && viewAgeSeconds > OLD_VIEW_S ? ': too old, nothing is authorised on it; look at StatefulSet nats and the hub' : '';
  return [height === undefined ? undefined : `height ${height}`, state, viewAgeSeconds === undefined ? undefined : `confirmed ${viewAgeSeconds} s before${old}`].filter((part) => part !== undefined).join(', ');
}

function when(time: string | undefined, now: number): string | undefined {
  const passed = ago(time, now);
  return passed === undefined ? undefined : `${passed} ago`;
}

function indent(text: string): string {
  return text.split('\n').map((line) => `  ${line}`).join('\n');
}
