import type { CollabNetworkStatus } from '@collabnet/crds';
import { parseDid } from '@collabnet/did';
import type { KeyAndCertificate, MspDefinition } from '@collabnet/fabric-network';
import type { WaitError } from '../../../runtime/index.ts';
import type { NetworkAccess, NetworkRun } from '../network-run.ts';
import type { CertificateIssuers } from './certificate-issuers.ts';
import type { PeerLook } from './look-at-peers.ts';
import { channelOf, fabricNames, type FabricNames } from './names.ts';
import type { NodeKey } from './node-plan.ts';
import { ownContracts, type OwnContracts } from './own-contracts.ts';

/** Authorities by which the channel knows the institution; their keys may be with issuers of cert-manager. */
export interface Authorities {
  readonly identity: Pick<KeyAndCertificate, 'certificatePem'>;
  readonly tls: Pick<KeyAndCertificate, 'certificatePem'>;
  /** For what only the own peer and the own contracts show each other. */
  readonly contracts: KeyAndCertificate;
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
  /** Of the founder only. */
  readonly orderers: readonly NodeKey[];
  readonly peers: readonly NodeKey[];
  /** The one of them by which this look goes on (`choose-peer.ts`). */
  peer: NodeKey;
  /** What the rest of them said, where there are several. */
  otherPeers: readonly PeerLook[];
  /** The contracts of this release. */
  readonly contracts: OwnContracts;
  authorities?: Authorities;
  issuers?: CertificateIssuers;
  msp?: MspDefinition;
  administrator?: Administrator;
  /** What hinders writing while the ledger can still be read: an orderer that is away, contracts that do not serve. */
  readonly problems: WaitError[];
  /** Contracts in force on the channel. */
  contractsInForce?: { readonly version: string; readonly sequence: number } | undefined;
  /** Why those of this release are not in force, or not approved by this institution. */
  contractsWait?: WaitError;
  /** Why the volume for backups is not as asked for, and whether there is one at all. */
  snapshotClaimRefused?: { readonly reason: string; readonly exists: boolean };
  /** Peers of all institutions that are alive, as the own one knows it. */
  livePeers?: number;
  /** Backups of the ledger, if there are to be any. */
  snapshots?: NonNullable<NonNullable<CollabNetworkStatus['fabric']>['snapshots']>;
  /** Why a certificate in use was not renewed. */
  readonly renewalProblems: string[];
  /** When the first of all certificates in use ends, epoch ms. */
  expires: number;
}

export type FabricStep = (fabric: FabricRun) => Promise<void>;

/** @param place of this institution in the network; a candidate has one before it has access */
export function newFabricRun(run: NetworkRun, { networkId, did }: Pick<NetworkAccess, 'networkId' | 'did'>): FabricRun {
  const { network } = run;
  const { founding, ledger } = network.spec;
  const key = (role: NodeKey['role'], ordinal: number): NodeKey => ({ network, role, ordinal });
  const orderers = founding === undefined ? 0 : (ledger.fabric?.orderers ?? 1);
  return {
    run,
    names: fabricNames(network),
    mspId: parseDid(did).subjectCode,
    channel: channelOf(networkId),
    networkId,
    orderers: Array.from({ length: orderers }, (_, ordinal) => key('orderer', ordinal)),
    peers: Array.from({ length: ledger.fabric?.peers ?? 1 }, (_, ordinal) => key('peer', ordinal)),
    peer: key('peer', 0),
    otherPeers: [],
    contracts: run.services.contracts ?? ownContracts(),
    problems: [],
    renewalProblems: [],
    expires: Number.POSITIVE_INFINITY,
  };
}
