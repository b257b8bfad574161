import { ChaincodeLifecycle, OrdererAdmin, PeerAdmin, signerFromPem, type ChannelConfig, type FabricSigner, type NodeAddress } from '@collabnet/fabric-network';
import { required } from '../network-run.ts';
import { ANSWER_MS, channelConfiguration } from './channel-configuration.ts';
import type { FabricRun } from './fabric-run.ts';
import { FIRST_BLOCK } from './names.ts';
import type { NodeKey } from './node-plan.ts';

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

/** Administration of the own peer. */
export function peerAdmin(fabric: FabricRun): PeerAdmin {
  return new PeerAdmin(nodeAddress(fabric, fabric.peer), signerOf(fabric), ANSWER_MS);
}

/** The configuration of the channel, as {@link channelConfiguration} finds it. */
export function configOf(fabric: FabricRun): Promise<ChannelConfig> {
  const { run, channel, names, peer, orderers } = fabric;
  return channelConfiguration({
    channel,
    signer: signerOf(fabric),
    peers: [nodeAddress(fabric, peer)],
    firstBlock: async () => (await run.services.secrets.read(names.channel))?.[FIRST_BLOCK],
    orderers: orderers.map((key) => nodeAddress(fabric, key)),
  });
}

/** Agreement about chaincode through the own peer; to be closed. */
export function lifecycle(fabric: FabricRun): ChaincodeLifecycle {
  return new ChaincodeLifecycle(nodeAddress(fabric, fabric.peer), fabric.channel, signerOf(fabric));
}
