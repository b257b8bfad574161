import type { WaitError } from '../../../runtime/index.ts';
import type { NetworkRun } from '../network-run.ts';
import { newFabricRun, type FabricStep } from './fabric-run.ts';
import { ensureAuthorities } from './steps/ensure-authorities.ts';
import { ensureChaincode } from './steps/ensure-chaincode.ts';
import { ensureChannel } from './steps/ensure-channel.ts';
import { ensureDefinition } from './steps/ensure-definition.ts';
import { ensureIdentities } from './steps/ensure-identities.ts';
import { ensureNodes } from './steps/ensure-nodes.ts';
import { ensureOrderers } from './steps/ensure-orderers.ts';
import { ensureSnapshotClaim, ensureSnapshots } from './steps/ensure-snapshots.ts';
import { reportCertificates } from './steps/report-certificates.ts';
import { reportFabric } from './steps/report-fabric.ts';

/** In this order an institution's part of a Fabric network comes to be; each step finds what an earlier run has done. */
const STEPS: readonly FabricStep[] = [
  ensureAuthorities,
  ensureIdentities,
  ensureSnapshotClaim,
  ensureNodes,
  reportCertificates,
  ensureChannel,
  ensureOrderers,
  ensureChaincode,
  ensureDefinition,
  ensureSnapshots,
  reportFabric,
];

/**
 * Provisions the founder's nodes and the channel, and keeps them.
 *
 * @returns what hinders writing, though the ledger can be read
 * @throws WaitError, StalledError
 */
export async function provisionFabric(run: NetworkRun): Promise<WaitError | undefined> {
  const fabric = newFabricRun(run);
  for (const step of STEPS) await step(fabric);
  return fabric.problems[0];
}
