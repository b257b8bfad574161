import type { NetworkRun } from '../network-run.ts';

/** Runs the institution's Fabric nodes and contracts. What it needs is loaded only where a network is on Fabric. */
export async function ensureFabric(run: NetworkRun): Promise<void> {
  if (run.network.spec.ledger.driver !== 'fabric') return;
  const { provisionFabric } = await import('../fabric/provision.ts');
  const { problem, contractsInForce } = await provisionFabric(run);
  if (problem !== undefined) run.fabricProblem = problem;
  if (contractsInForce !== undefined) run.contractsInForce = contractsInForce;
}
