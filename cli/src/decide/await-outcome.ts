import { conditionOf, type Approval } from '@collabnet/crds';
import { CliError } from '../base/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { waitFor } from '../kube/wait.ts';

/**
 * Waits until the ledger has taken or refused the decision.
 *
 * @returns the message of the Ready condition
 * @throws CliError REFUSED with the ledger's reason, TIMEOUT
 */
export async function awaitOutcome(kube: Kube, name: string, timeoutMs: number): Promise<string> {
  return waitFor(() => kube.get<Approval>('approvals', name), outcomeOf, timeoutMs, `the decision of Approval ${name} on the ledger`);
}

/** @throws CliError REFUSED when the object is stalled */
export function outcomeOf(approval: Approval): string | undefined {
  const stalled = conditionOf(approval.status, 'Stalled');
  if (stalled?.status === 'True') throw new CliError('REFUSED', `the ledger refused the decision (${stalled.reason}): ${stalled.message}`);
  const ready = conditionOf(approval.status, 'Ready');
  if (ready?.status !== 'True') return undefined;
  return ready.message === '' ? `on the ledger at height ${approval.status?.height ?? '?'}` : ready.message;
}
