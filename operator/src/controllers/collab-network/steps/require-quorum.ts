import { CONTRACTS_REASONS } from '../fabric/contracts-problem.ts';
import type { NetworkRun } from '../network-run.ts';

/** Reason of a Fabric network whose orderers cannot agree on a block. */
export const NO_QUORUM = 'FabricNoQuorum';

/** Reasons for which nothing can be written, however long it is tried. */
export const UNWRITABLE: readonly string[] = [NO_QUORUM, ...CONTRACTS_REASONS];

/**
 * Ends the reconcile before the steps that write, where nothing can be written: each would wait for its time to run out, and
 * the status with it.
 */
export function requireQuorum({ fabricProblem }: NetworkRun): Promise<void> {
  return fabricProblem !== undefined && UNWRITABLE.includes(fabricProblem.reason) ? Promise.reject(fabricProblem) : Promise.resolve();
}
