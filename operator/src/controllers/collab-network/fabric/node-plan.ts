import type { CollabNetwork } from '@collabnet/crds';
import type { Endpoint, Files } from '@collabnet/fabric-network/node';
import type { OperatorConfig } from '../../../institution/config.ts';
import { OPERATOR_LABELS } from '../../../institution/secret-store.ts';

export type FabricRole = 'peer' | 'orderer';

/** One Fabric node of this institution, as the objects below need it. */
export interface FabricNodePlan {
  readonly network: CollabNetwork;
  readonly role: FabricRole;
  /** 0, 1, ... of this role at this institution. Each is a StatefulSet of its own: each has its own certificates. */
  readonly ordinal: number;
  readonly mspId: string;
  /** Where the own parts reach it. */
  readonly address: Endpoint;
  /** Where other institutions reach it, as the channel has it. */
  readonly advertised: Endpoint;
  /** Of the founder's peer: the orderers by the names that the channel has, and where they are for the own parts. */
  readonly ordererOverrides: readonly { readonly from: Endpoint; readonly to: Endpoint }[];
  /** Of a peer that is not the institution's first: the first one, from which it learns of the others. */
  readonly sibling?: Endpoint;
  /** Image `collabnet/fabric`. */
  readonly image: string;
  readonly config: Pick<OperatorConfig, 'images'>;
  readonly storage: { readonly size: string; readonly storageClassName?: string };
  /** Whether its volume outlives the resource. That of a candidate holds no ledger and goes with it. */
  readonly keepsVolume: boolean;
  readonly resources: object;
  readonly material: NodeMaterial;
  /** Of a peer that is backed up. */
  readonly snapshots?: SnapshotPlan;
}

/** Where the snapshots of a peer go. */
export interface SnapshotPlan {
  /** PersistentVolumeClaim. */
  readonly claim: string;
  /** Number that stays. */
  readonly keep: number;
}

/** What a node proves who it is with; secret. */
export interface NodeMaterial {
  /** Local MSP by relative path. */
  readonly msp: Files;
  /** `tls.crt`, `tls.key` and `ca.crt`. */
  readonly tls: Readonly<Record<'tls.crt' | 'tls.key' | 'ca.crt', string>>;
}

/** What names a node. */
export type NodeKey = Pick<FabricNodePlan, 'network' | 'role' | 'ordinal'>;

/** Ports inside a pod. `health` is where every pod of an institution answers probes and gives its metrics, `snapshots` where their keeper does. */
export const PORTS = { peer: 7051, orderer: 7050, admin: 7053, health: 8081, snapshots: 8083 } as const;

/** Mounts of a node's container. */
export const MOUNTS = { config: '/etc/fabric', msp: '/etc/fabric-msp', tls: '/etc/fabric-tls', data: '/var/lib/fabric', snapshots: '/var/lib/fabric-snapshots' } as const;

const NETWORK_LABEL = 'collabnet.dev/network';
/** Number of a node among those of its role. */
export const NODE_LABEL = 'collabnet.dev/fabric-node';

/** Name of a node and of all its objects, such as `fabric-demo-orderer-0`. */
export function nodeName({ network, role, ordinal }: NodeKey): string {
  return `fabric-${network.metadata.name}-${role}-${ordinal}`;
}

/** Fits all nodes of one role in a network: what anti-affinity and disruption budget are about. */
export function roleSelector({ network, role }: Pick<NodeKey, 'network' | 'role'>): Record<string, string> {
  return { 'app.kubernetes.io/component': `fabric-${role}`, [NETWORK_LABEL]: network.metadata.name };
}

/** Fits one node. */
export function nodeSelector(key: NodeKey): Record<string, string> {
  return { ...roleSelector(key), [NODE_LABEL]: String(key.ordinal) };
}

export function nodeLabels(key: NodeKey): Record<string, string> {
  return { ...OPERATOR_LABELS, ...nodeSelector(key) };
}
