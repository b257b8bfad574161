import type { CollabNetwork } from '@collabnet/crds';

/**
 * Names of what is kept for a network on Fabric. None has an owner: deleting a CollabNetwork by mistake must not destroy
 * the identity that the channel knows.
 */
export interface FabricNames {
  /** Secret with the keys of the authorities. */
  readonly authorities: string;
  /** Secret with the administrator's identity and the certificate shown to orderers' administration. */
  readonly administrator: string;
  /** Secret with what a client needs to follow the ledger on the own peer. */
  readonly client: string;
  /** Secret with the identity by which data proxies and result store follow the ledger. */
  readonly reader: string;
  /** Secret with the first block of the channel. */
  readonly channel: string;
  /** Secret with what is in the chaincode package, and which one was approved. */
  readonly chaincodePackage: string;
  /** PersistentVolumeClaim of the snapshots. */
  readonly snapshots: string;
}

export function fabricNames(network: CollabNetwork): FabricNames {
  const name = (what: string): string => `fabric-${network.metadata.name}-${what}`;
  return {
    authorities: name('authorities'),
    administrator: name('administrator'),
    client: name('client'),
    reader: name('reader'),
    channel: name('channel'),
    chaincodePackage: name('package'),
    snapshots: name('snapshots'),
  };
}

/** Who administers the own nodes, and the name in the TLS certificate for that. */
export const ADMINISTRATOR = { commonName: 'admin', role: 'admin' } as const;
export const ADMINISTRATOR_HOST = 'operator';

/** Entry of Secret `channel`: the block in base64. */
export const FIRST_BLOCK = 'genesis.block';

/** Channel of a network: two networks never share one. @param networkId 64 hexadecimal digits */
export function channelOf(networkId: string): string {
  return `collab-${networkId.slice(0, 32)}`;
}
