import type { CollabNetwork } from '@collabnet/crds';
import type { Endpoint } from '@collabnet/fabric-network/node';
import { chaincodeAddress } from './chaincode-workload.ts';
import { MOUNTS, nodeName, PORTS, type NodeKey } from './node-plan.ts';

/** Where the parts of a network are reached; the channel, the certificates and the packages have the same. */
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
}

/** The Services of this namespace. */
export function serviceAddresses(namespace: string): FabricAddresses {
  const host = (key: NodeKey): string => `${nodeName(key)}.${namespace}.svc`;
  return {
    node: (key) => ({ host: host(key), port: PORTS[key.role] }),
    administration: (key) => ({ host: host(key), port: PORTS.admin }),
    metrics: (key) => `http://${host(key)}:${PORTS.health}/metrics`,
    snapshotMetrics: (key) => `http://${host(key)}:${PORTS.snapshots}/metrics`,
    snapshotFolder: () => MOUNTS.snapshots,
    chaincode: (network, version) => chaincodeAddress({ network, version }, namespace),
  };
}
