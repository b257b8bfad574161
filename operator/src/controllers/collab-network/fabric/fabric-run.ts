import type { CollabNetworkStatus } from '@collabnet/crds';
import { parseDid } from '@collabnet/did';
import type { KeyAndCertificate, MspDefinition } from '@collabnet/fabric-network';
import type { WaitError } from '../../../runtime/index.ts';
import type { NetworkRun } from '../network-run.ts';
import { channelOf, fabricNames, type FabricNames } from './names.ts';
import type { NodeKey } from './node-plan.ts';

export interface Authorities {
  readonly identity: KeyAndCertificate;
  readonly tls: KeyAndCertificate;
}

/** Who administers the own nodes. */
export interface Administrator {
  readonly identity: KeyAndCertificate;
  /** Client certificate for the administration of orderers. */
  readonly tls: KeyAndCertificate;
}

/** One look at the Fabric part of a network: what earlier steps found out, for the later ones. */
export interface FabricRun {
  readonly run: NetworkRun;
  readonly names: FabricNames;
  /** The institution's subject code: unique in the network, and its DID follows from it. */
  readonly mspId: string;
  readonly channel: string;
  readonly networkId: string;
  readonly orderers: readonly NodeKey[];
  readonly peer: NodeKey;
  authorities?: Authorities;
  msp?: MspDefinition;
  administrator?: Administrator;
  /** What hinders writing while the ledger can still be read: an orderer that is away, contracts that do not serve. */
  readonly problems: WaitError[];
  /** Why the volume for backups is not as asked for, and whether there is one at all. */
  snapshotClaimRefused?: { readonly reason: string; readonly exists: boolean };
  /** Backups of the ledger, if there are to be any. */
  snapshots?: NonNullable<NonNullable<CollabNetworkStatus['fabric']>['snapshots']>;
  /** When the first of all certificates in use ends, epoch ms. */
  expires: number;
}

export type FabricStep = (fabric: FabricRun) => Promise<void>;

export function newFabricRun(run: NetworkRun): FabricRun {
  const { network, access } = run;
  if (access === undefined) throw new Error('step order: the access is not known yet');
  const key = (role: NodeKey['role'], ordinal: number): NodeKey => ({ network, role, ordinal });
  return {
    run,
    names: fabricNames(network),
    mspId: parseDid(access.did).subjectCode,
    channel: channelOf(access.networkId),
    networkId: access.networkId,
    orderers: Array.from({ length: network.spec.ledger.fabric?.orderers ?? 1 }, (_, ordinal) => key('orderer', ordinal)),
    peer: key('peer', 0),
    problems: [],
    expires: Number.POSITIVE_INFINITY,
  };
}
