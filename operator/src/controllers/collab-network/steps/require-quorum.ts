import type { NetworkRun } from '../network-run.ts';

/** Reason of a Fabric network whose orderers cannot agree on a block. */
export const NO_QUORUM = 'FabricNoQuorum';

/** Ends the reconcile before the steps that write: each would wait for its time to run out, and the status with it. */
export function requireQuorum({ fabricProblem }: NetworkRun): Promise<void> {
  return fabricProblem?.reason === NO_QUORUM ? Promise.reject(fabricProblem) : Promise.resolve();
}
