import { WaitError } from '../../../runtime/index.ts';
import { required, type NetworkRun } from '../network-run.ts';
import { UNWRITABLE } from '../steps/require-quorum.ts';
import { newFabricRun, type FabricStep } from './fabric-run.ts';
import { tellingProblem } from './node-fault.ts';
import { choosePeer } from './steps/choose-peer.ts';
import { ensureAuthorities } from './steps/ensure-authorities.ts';
import { ensureChaincode } from './steps/ensure-chaincode.ts';
import { ensureChannel } from './steps/ensure-channel.ts';
import { ensureDefinition } from './steps/ensure-definition.ts';
import { ensureIdentities } from './steps/ensure-identities.ts';
import { ensureNodes } from './steps/ensure-nodes.ts';
import { ensureOrderers } from './steps/ensure-orderers.ts';
import { ensureSnapshotClaim, ensureSnapshots } from './steps/ensure-snapshots.ts';
import { joinOtherPeers } from './steps/join-other-peers.ts';
import { AWAITING_CHANNEL, joinChannel, OFF_THE_CHANNEL } from './steps/join-channel.ts';
import { removeOldContracts } from './steps/remove-old-contracts.ts';
import { removeSparePeers } from './steps/remove-spare-peers.ts';
import { reportCertificates } from './steps/report-certificates.ts';
import { reportFabric, reportHealth } from './steps/report-fabric.ts';
import { watchPeers } from './steps/watch-peers.ts';

export { AWAITING_CHANNEL, OFF_THE_CHANNEL };

/** What runs before there is a channel, for a candidate as for a member. */
export const NODES: readonly FabricStep[] = [ensureAuthorities, ensureIdentities, ensureSnapshotClaim, ensureNodes, choosePeer, reportCertificates];
const CONTRACTS: readonly FabricStep[] = [ensureChaincode, ensureDefinition, removeOldContracts, removeSparePeers, watchPeers, ensureSnapshots, reportFabric];

/** In this order the founder's part of a network comes to be; each step finds what an earlier run has done. */
const FOUNDER: readonly FabricStep[] = [...NODES, ensureChannel, joinOtherPeers, ensureOrderers, ...CONTRACTS];
/** The same for a member, whose peer and contracts have served since before it asked to join. */
const MEMBER: readonly FabricStep[] = [...NODES, joinChannel, joinOtherPeers, ...CONTRACTS];

/**
 * Provisions the institution's nodes and its place on the channel, and keeps them.
 *
 * @returns what hinders writing, though the ledger can be read, and the contracts in force
 * @throws WaitError, StalledError
 */
export async function provisionFabric(run: NetworkRun): Promise<{ problem?: WaitError | undefined; contractsInForce?: string | undefined }> {
  const fabric = newFabricRun(run, required(run.access, 'access'));
  try {
    for (const step of run.network.spec.founding === undefined ? MEMBER : FOUNDER) await step(fabric);
  } catch (error) {
    const told = tellingProblem(error, fabric.problems);
    // Who only waits for the others has healthy nodes.
    if (told instanceof WaitError && ![AWAITING_CHANNEL, OFF_THE_CHANNEL].includes(told.reason)) reportHealth(fabric, told);
    throw told;
  }
  run.fabric = fabric;
  // What keeps everything from being written comes before what only troubles a node.
  const problem = fabric.problems.find(({ reason }) => UNWRITABLE.includes(reason)) ?? fabric.problems[0];
  return { problem, contractsInForce: fabric.contractsInForce?.version };
}
