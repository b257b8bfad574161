import type { CollabNetwork } from '@collabnet/crds';
import type { Endpoint } from '@collabnet/fabric-network/node';
import { chaincodeAddress } from './chaincode-workload.ts';
import { memberAddresses, type AddressRule, type MemberAddresses } from './member-addresses.ts';
import { MOUNTS, nodeName, PORTS, type NodeKey } from './node-plan.ts';

/** Where the parts of a network are reached, and which of others may be; the channel, the certificates and the packages have the same. */
export interface FabricAddresses {
  node(key: NodeKey): Endpoint;
  /** Channel participation of an orderer. */
  administration(key: NodeKey): Endpoint;
  /** Metrics of a node. */
  metrics(key: NodeKey): string;
  /** Metrics of who keeps the snapshots of a peer. */
  snapshotMetrics(key: NodeKey): string;
  /** Where a peer finds its snapshots. */
  snapshotFolder(key: NodeKey): string;
  chaincode(network: CollabNetwork, version: string): Endpoint;
  /** Nodes of other institutions. */
  readonly members: MemberAddresses;
}

/** The Services of this namespace. @param others which addresses of other institutions may be connected to */
export function serviceAddresses(namespace: string, others: AddressRule): FabricAddresses {
  const host = (key: NodeKey): string => `${nodeName(key)}.${namespace}.svc`;
  return {
    node: (key) => ({ host: host(key), port: PORTS[key.role] }),
    administration: (key) => ({ host: host(key), port: PORTS.admin }),
    metrics: (key) => `http://${host(key)}:${PORTS.health}/metrics`,
    snapshotMetrics: (key) => `http://${host(key)}:${PORTS.snapshots}/metrics`,
    snapshotFolder: () => MOUNTS.snapshots,
    chaincode: (network, version) => chaincodeAddress({ network, version }, namespace),
    members: memberAddresses(others),
  };
}
