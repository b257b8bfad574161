import { ChaincodeLifecycle, OrdererAdmin, PeerAdmin, signerFromPem, type ChannelConfig, type FabricSigner, type NodeAddress } from '@collabnet/fabric-network';
import { required } from '../network-run.ts';
import { onFabric } from './fabric-errors.ts';
import type { FabricRun } from './fabric-run.ts';
import type { NodeKey } from './node-plan.ts';

/** How long a node has for an answer about itself, ms: one that hangs must not hold up the reconcile. */
export const ANSWER_MS = 5_000;

/** The administrator of the own nodes. */
export function signerOf(fabric: FabricRun): FabricSigner {
  return signerFromPem(fabric.mspId, required(fabric.administrator, 'administrator').identity);
}

/** An own node, as clients reach it. */
export function nodeAddress(fabric: FabricRun, key: NodeKey): NodeAddress {
  return { ...fabric.run.services.fabric.node(key), tlsRootCertificates: [required(fabric.authorities, 'authorities').tls.certificatePem] };
}

/** Administration of an own orderer. */
export function ordererAdmin(fabric: FabricRun, key: NodeKey): OrdererAdmin {
  const { tls } = required(fabric.authorities, 'authorities');
  const node = { ...fabric.run.services.fabric.administration(key), tlsRootCertificates: [tls.certificatePem], clientTls: required(fabric.administrator, 'administrator').tls };
  return new OrdererAdmin(node, ANSWER_MS);
}

/** Administration of an own peer, by default that of this look. */
export function peerAdmin(fabric: FabricRun, key: NodeKey = fabric.peer): PeerAdmin {
  return new PeerAdmin(nodeAddress(fabric, key), signerOf(fabric), ANSWER_MS);
}

/**
 * The configuration of the channel as the own peer has it: nobody else is believed about it.
 *
 * @throws WaitError FabricNodeRefused when the channel, as that peer knows it, does not have this institution;
 *   FabricNodeUnavailable; StalledError
 */
export function configOf(fabric: FabricRun): Promise<ChannelConfig> {
  return onFabric('reading the configuration of the channel', () => peerAdmin(fabric).config(fabric.channel));
}

/** Agreement about chaincode through the own peer; to be closed. */
export function lifecycle(fabric: FabricRun): ChaincodeLifecycle {
  return new ChaincodeLifecycle(nodeAddress(fabric, fabric.peer), fabric.channel, signerOf(fabric));
}
