import { WaitError, type StepResult } from '../../../runtime/index.ts';
import type { NetworkRun } from '../network-run.ts';
import { concludeLeaving } from './leave-network.ts';
import { lookAsCandidate } from './look-as-candidate.ts';

/** Runs the institution's Fabric nodes and contracts. What it needs is loaded only where a network is on Fabric. */
export async function ensureFabric(run: NetworkRun): Promise<StepResult> {
  if (run.network.spec.ledger.driver !== 'fabric') return;
  const { AWAITING_CHANNEL, OFF_THE_CHANNEL, provisionFabric } = await import('../fabric/provision.ts');
  try {
    const { problem, contractsInForce } = await provisionFabric(run);
    if (problem !== undefined) run.fabricProblem = problem;
    if (contractsInForce !== undefined) run.contractsInForce = contractsInForce;
    if (run.network.spec.join !== undefined) await run.services.joins.close(run.network.metadata.name);
  } catch (error) {
    if (error instanceof WaitError && error.reason === OFF_THE_CHANNEL) return concludeLeaving(run);
    if (error instanceof WaitError && error.reason === AWAITING_CHANNEL) throw await lookAsCandidate(run, error);
    throw error;
  }
}
