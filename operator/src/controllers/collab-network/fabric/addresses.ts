import type { CollabNetwork } from '@collabnet/crds';
import type { Endpoint } from '@collabnet/fabric-network/node';
import { chaincodeAddress } from './chaincode-workload.ts';
import { memberAddresses, type AddressRule, type MemberAddresses } from './member-addresses.ts';
import { MOUNTS, nodeName, PORTS, type NodeKey } from './node-plan.ts';

/** Where the parts of a network are reached, and which of others may be. */
export interface FabricAddresses {
  /** A node, as this institution's own parts reach it. */
  node(key: NodeKey): Endpoint;
  /** A node, as other institutions reach it: what the channel and the request to join name. */
  advertised(key: NodeKey): Endpoint;
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

/** The Services of this namespace, and for others the names that the spec gives them. @param others which addresses of other institutions may be connected to */
export function serviceAddresses(namespace: string, others: AddressRule): FabricAddresses {
  const host = (key: NodeKey): string => `${nodeName(key)}.${namespace}.svc`;
  const node = (key: NodeKey): Endpoint => ({ host: host(key), port: PORTS[key.role] });
  return {
    node,
    advertised(key) {
      const external = key.network.spec.ledger.fabric?.external;
      return external === undefined ? node(key) : { host: `${nodeName(key)}.${external.domain}`, port: external.port };
    },
    administration: (key) => ({ host: host(key), port: PORTS.admin }),
    metrics: (key) => `http://${host(key)}:${PORTS.health}/metrics`,
    snapshotMetrics: (key) => `http://${host(key)}:${PORTS.snapshots}/metrics`,
    snapshotFolder: () => MOUNTS.snapshots,
    chaincode: (network, version) => chaincodeAddress({ network, version }, namespace),
    members: memberAddresses(others),
  };
}
