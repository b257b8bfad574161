import { conditionOf, type ComputeTask } from '@collabnet/crds';
import { CliError } from '../base/errors.ts';

const FAILED = ['Failed', 'Cancelled', 'ApprovalReject'];

/**
 * The phase once nothing more will happen.
 *
 * @throws CliError REFUSED when the task ended without success
 */
export function finalPhase(task: ComputeTask): string | undefined {
  const phase = task.status?.phase;
  if (phase === 'Succeeded') return phase;
  if (phase !== undefined && FAILED.includes(phase)) {
    const ready = conditionOf(task.status, 'Ready');
    const step = task.status?.steps?.find((one) => one.message !== undefined);
    throw new CliError('REFUSED', `task ${task.metadata.name} is ${phase}: ${step?.message ?? ready?.message ?? 'see kubectl collabnet task explain'}`);
  }
  const stalled = conditionOf(task.status, 'Stalled');
  if (stalled?.status === 'True') throw new CliError('REFUSED', `task ${task.metadata.name} is stalled (${stalled.reason}): ${stalled.message}`);
  return undefined;
}
