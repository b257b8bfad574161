import { reasonOf } from '../sessions.ts';
import type { AttemptFault } from './build/pod-fault.ts';
import { isRefusal, OVERTAKEN } from './ledger-view.ts';
import { again, overtaken, required, type TaskRun } from './task-run.ts';
import { failedPhases } from './trace/failed-phases.ts';

/**
 * Reports that the current attempt came to nothing; the ledger decides whether there is another. Always throws: the
 * record is to be read anew.
 *
 * @param exchanged whether data may have reached a peer, so that the use is spent
 */
export async function failAttempt(run: TaskRun, fault: AttemptFault, exchanged = false): Promise<never> {
  const view = required(run.view, 'view');
  const { id, record, courier } = required(run.attempt, 'attempt');
  const { flowId, step, attempt } = id;
  const reason = fault.reason.slice(0, 64);
  try {
    // Also when a peer was faster to call the attempt off: the ledger then spends this owner's own grants.
    if (exchanged && !record.touched && (record.state === 'Running' || record.startedAt !== undefined)) await view.flows('touch', { flowId, step, attempt });
    await view.flows('fail', { flowId, step, attempt, reason, message: fault.message.slice(0, 512), retryable: fault.retryable });
  } catch (error) {
    // The attempt is over already, or the receipt of success is there: the record says which.
    if (!isRefusal(error, 'CONFLICT', ...OVERTAKEN)) throw error;
    throw overtaken('AttemptOver', `attempt ${attempt} of step ${step} is over already`);
  }
  run.environment.attemptsFailed.inc({ reason });
  const { tracer } = run.environment.services;
  if (tracer?.enabled === true && courier !== undefined) failedPhases(id, view.session.did, courier).forEach((span) => tracer.add(span));
  run.ctx.event({ type: 'Warning', reason: reasonOf(reason), message: `step ${step}, attempt ${attempt}: ${fault.message}` });
  throw again(reasonOf(reason), `attempt ${attempt} of step ${step} failed: ${fault.message}`);
}
