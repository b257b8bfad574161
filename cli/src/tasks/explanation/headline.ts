import type { ComputeTask } from '@collabnet/crds';
import { ago, bytes } from '../../base/text.ts';

type Status = NonNullable<ComputeTask['status']>;
type Step = NonNullable<Status['steps']>[number];

/** What the courier of the own pod is at, in words. */
const COURIER: Record<string, string> = {
  Fetching: 'reads and freezes its input from the data proxy',
  Reserved: 'is ready and waits for the start',
  Handshaking: 'shakes hands with its peers',
  Running: 'carries the traffic of the engine, which computes',
  Delivering: 'delivers the result',
  Finished: 'has finished',
  Released: 'has finished and wiped its scratch volume',
  Failed: 'has failed',
};

/** One sentence on where a task stands: what is going on, who is waited for, until when. @param now ms */
export function headline(task: ComputeTask, now: number): string {
  const { spec, status = {} } = task;
  const { phase = 'Initialized' } = status;
  if (spec.suspend && !isOver(phase)) return 'paused by spec.suspend: the operator takes no further step, what runs goes on';
  switch (phase) {
    case 'Initialized':
      return 'the operator has seen the task; it is not on the ledger yet';
    case 'AwaitingApproval':
      return consents(status, now);
    case 'Pending':
    case 'Running':
      return runs(status, phase, now);
    case 'Succeeded':
      return `finished ${since(status.finishedAt, now)}; all receipts are on the ledger`;
    case 'ApprovalReject':
      return `over ${since(status.finishedAt, now)}: ${partiesWith(status, 'Refused').join(' and ') || 'an owner'} refused`;
    case 'Cancelled':
      return `cancelled, or a consent was withdrawn, ${since(status.finishedAt, now)}`;
    default:
      return `ended by a failure ${since(status.finishedAt, now)}`;
  }
}

function isOver(phase: string): boolean {
  return ['Succeeded', 'Failed', 'Cancelled', 'ApprovalReject'].includes(phase);
}

function consents(status: Partial<Status>, now: number): string {
  const left = until(status.approvalDeadline, now);
  const waiting = partiesWith(status, 'Waiting');
  const proposed = `proposed ${since(status.proposedAt, now)}`;
  if (waiting.length > 0) return `${proposed}; waits for the consent of ${waiting.join(' and ')}${left}`;
  const unconfirmed = (status.approvals ?? []).filter(({ confirmedAt }) => confirmedAt === undefined).map(({ party }) => party);
  return `${proposed}; all have agreed; waits for the operator of ${unconfirmed.join(' and ') || 'each owner'} to confirm that it will serve the flow${left}`;
}

function runs(status: Partial<Status>, phase: string, now: number): string {
  const step = status.steps?.find((each) => !['Succeeded', 'Failed', 'Cancelled'].includes(each.phase));
  if (step === undefined) return phase === 'Running' ? 'runs' : 'everyone has agreed; the first attempt begins';
  const which = `step ${step.name}, attempt ${step.attempt ?? 1}`;
  const { parties = [] } = step;
  const own = step.courier === undefined ? '' : `; the own courier ${COURIER[step.courier.state] ?? step.courier.state} since ${ago(step.courier.since, now)}${progressOf(step, now)}`;
  if (phase === 'Running') {
    const done = parties.filter(({ receiptAt }) => receiptAt !== undefined).map(({ party }) => party);
    const missing = parties.filter(({ receiptAt }) => receiptAt === undefined).map(({ party }) => party);
    const receipts = done.length === 0 ? '' : `; ${done.join(' and ')} has finished, ${missing.join(' and ')} has not`;
    return `${which} runs since ${ago(step.startedAt, now) ?? '?'}${receipts}${own}${until(status.deadline, now)}`;
  }
  return `${which}: ${reservations(step, now)}${own}`;
}

function progressOf({ progress }: Step, now: number): string {
  if (progress === undefined) return '';
  const { phase, percent, sentBytes, receivedBytes, estimatedEnd } = progress;
  const left = estimatedEnd === undefined ? undefined : ago(new Date(now).toISOString(), Date.parse(estimatedEnd));
  return ` (${phase} ${percent} %, ${bytes(sentBytes)} sent, ${bytes(receivedBytes)} received${left === undefined ? '' : `, about ${left} left`})`;
}

function reservations(step: Step, now: number): string {
  const { parties = [] } = step;
  const missing = parties.filter(({ reservedAt }) => reservedAt === undefined).map(({ party }) => party);
  const there = parties.filter(({ reservedAt }) => reservedAt !== undefined).map(({ party, reservedAt }) => `${party} (${ago(reservedAt, now)} ago)`);
  if (missing.length === 0) return 'all parties have reserved; it starts';
  return `waits for ${missing.join(' and ')} to have pod, input and engine ready${until(step.reserveDeadline, now)}${there.length === 0 ? '' : `; ready: ${there.join(', ')}`}`;
}

function partiesWith(status: Partial<Status>, state: string): string[] {
  return (status.approvals ?? []).filter((one) => one.state === state).map(({ party }) => party);
}

function since(time: string | undefined, now: number): string {
  return time === undefined ? 'now' : `${ago(time, now)} ago`;
}

function until(time: string | undefined, now: number): string {
  if (time === undefined) return '';
  const left = Date.parse(time) - now;
  return left <= 0 ? `, until ${time}, which has passed` : `, until ${time} (${ago(new Date(now - left).toISOString(), now)} left)`;
}
