import type { WaitError } from '../../../runtime/index.ts';
import type { NetworkRun } from '../network-run.ts';
import { newFabricRun, type FabricStep } from './fabric-run.ts';
import type { OwnContracts } from './own-contracts.ts';
import { ensureAuthorities } from './steps/ensure-authorities.ts';
import { ensureChaincode } from './steps/ensure-chaincode.ts';
import { ensureChannel } from './steps/ensure-channel.ts';
import { ensureDefinition } from './steps/ensure-definition.ts';
import { ensureIdentities } from './steps/ensure-identities.ts';
import { ensureNodes } from './steps/ensure-nodes.ts';
import { removeOldContracts } from './steps/remove-old-contracts.ts';
import { reportFabric } from './steps/report-fabric.ts';

/** In this order an institution's part of a Fabric network comes to be; each step finds what an earlier run has done. */
const STEPS: readonly FabricStep[] = [ensureAuthorities, ensureIdentities, ensureNodes, ensureChannel, ensureChaincode, ensureDefinition, removeOldContracts, reportFabric];

/**
 * Provisions the founder's nodes and the channel, and keeps them.
 *
 * @param contracts those of this release, unless a test has others
 * @returns what hinders writing, though the ledger can be read, and the contracts in force
 * @throws WaitError, StalledError
 */
export async function provisionFabric(run: NetworkRun, contracts?: OwnContracts): Promise<{ problem?: WaitError | undefined; contractsInForce?: string | undefined }> {
  const fabric = newFabricRun(run, contracts);
  for (const step of STEPS) await step(fabric);
  return { problem: fabric.problems[0], contractsInForce: fabric.contractsInForce?.version };
}
