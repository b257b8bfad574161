import { conditionOf, LABEL_MIRROR, type CollabNetwork, type ComputeTask } from '@collabnet/crds';
import { ago, bytes } from '../base/text.ts';
import { fields, table } from '../base/table.ts';
import { describeTask } from './describe.ts';

const MEANING: Record<string, string> = {
  Initialized: 'the operator has seen the task; it is not on the ledger yet',
  AwaitingApproval: 'on the ledger; not every owner has agreed',
  ApprovalReject: 'an owner refused; the flow is over',
  Pending: 'everyone has agreed; the parties reserve their pods',
  Running: 'the engines run',
  Succeeded: 'finished; all receipts are on the ledger',
  Failed: 'ended by a failure',
  Cancelled: 'cancelled, or a consent was withdrawn',
};

/** Where a task stands, whom it waits for and why. */
export function explainTask(task: ComputeTask, network: CollabNetwork | undefined, now: number): string {
  const { metadata, status, spec } = task;
  const phase = status?.phase ?? 'Initialized';
  const parts = [
    fields([
      ['task', metadata.name + (metadata.labels?.[LABEL_MIRROR] === 'true' ? ' (mirror of a flow proposed by another institution)' : '')],
      ['phase', `${phase}: ${MEANING[phase] ?? ''}`],
      ['suspended', spec.suspend ? 'yes, by spec.suspend' : undefined],
      ['deletion', metadata.deletionTimestamp === undefined ? undefined : 'asked for; the flow is being cancelled'],
      ['role', status?.role],
      ['flow', status?.flowID],
      ['decide until', phase === 'AwaitingApproval' ? status?.approvalDeadline : undefined],
      ['started', status?.startedAt],
      ['finished', status?.finishedAt],
      ['engine', status?.enginePrimitives],
      ['isolation', status?.isolation],
    ]),
    describeTask(task, network),
    waiting(task),
    troubles(task),
    approvals(task),
    steps(task, now),
    results(task),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function waiting(task: ComputeTask): string {
  const lines = task.status?.waitingFor ?? [];
  return lines.length === 0 ? '' : ['waits for', ...lines.map((line) => `  ${line}`)].join('\n');
}

function troubles(task: ComputeTask): string {
  const stalled = conditionOf(task.status, 'Stalled');
  if (stalled?.status === 'True') return `stalled (${stalled.reason})\n  ${stalled.message}`;
  const ready = conditionOf(task.status, 'Ready');
  return ready === undefined || ready.status === 'True' ? '' : `not ready (${ready.reason})\n  ${ready.message}`;
}

function approvals(task: ComputeTask): string {
  const rows = (task.status?.approvals ?? []).map((one) => [one.party, one.state, one.via, one.grantID, one.reason]);
  return rows.length === 0 ? '' : table(['PARTY', 'CONSENT', 'VIA', 'GRANT', 'REASON'], rows);
}

function steps(task: ComputeTask, now: number): string {
  const rows = (task.status?.steps ?? []).map((one) => [
    one.name,
    one.phase,
    one.attempt,
    ago(one.startedAt, now),
    (task.status?.receipts ?? []).filter(({ step }) => step === one.name).map(({ party }) => party).join(','),
    one.message ?? one.reason,
  ]);
  return rows.length === 0 ? '' : table(['STEP', 'PHASE', 'ATTEMPT', 'STARTED', 'RECEIPTS', 'MESSAGE'], rows);
}

function results(task: ComputeTask): string {
  const rows = (task.status?.results ?? []).map((one) => [one.step, one.output, one.rows, bytes(one.bytes)]);
  if (rows.length === 0) return '';
  return [table(['STEP', 'OUTPUT', 'ROWS', 'SIZE'], rows), `fetch with: kubectl collabnet result get ${task.metadata.name} -o FILE --key NAME`].join('\n');
}
