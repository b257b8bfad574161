import { createHash } from 'node:crypto';
import type { FlowStepView } from '@collabnet/contracts';

/** Failures of an attempt after which two tasks may hold what the other needs. */
const CONTENDED = ['RESERVATION_EXPIRED', 'POD_UNSCHEDULABLE'];
const STEP_MS = 15_000;
const MOST_MS = 120_000;

/**
 * When the pod of the current attempt may be made, ms: at once, except after attempts that could not get their
 * resources. Then later each time and differently for each flow, so that two tasks do not meet again. The same answer
 * after a restart.
 */
export function notBeforeOf(record: FlowStepView): number {
  const failed = record.attempts.filter(({ reason }) => CONTENDED.includes(reason));
  const last = record.attempts.at(-1);
  if (last === undefined || !CONTENDED.includes(last.reason)) return 0;
  const most = Math.min(MOST_MS, STEP_MS * 2 ** (failed.length - 1));
  return last.at + Math.round(fraction(`${record.flowId}/${record.step}/${record.attempt}`) * most);
}

/** Uniform in [0, 1), the same for the same text. */
export function fraction(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
