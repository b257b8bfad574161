import { hasEnded, isAdmitted, type ChannelChange, type FabricOrganisation, type MemberRecord } from '@collabnet/contracts';
import { parseDid } from '@collabnet/did';
import { addMember, membersOf, removeMember, type ChannelConfig, type ConfigChange } from '@collabnet/fabric-network';

/** A change that brings the channel to the members on the ledger. */
export interface WantedChange extends ChannelChange {
  readonly displayName: string;
  readonly apply: ConfigChange;
  /** Of a member to be added. */
  readonly organisation?: FabricOrganisation;
  /** Id of the request by which it was voted in. */
  readonly join?: string;
}

/**
 * In which the organisations of the channel differ from the members on the ledger. All members come to the same order,
 * since each change makes signatures for the others void. Whose membership has ended goes first: its endorsement still counts.
 */
export function wantedChanges(config: ChannelConfig, members: readonly MemberRecord[]): WantedChange[] {
  const organisations = new Set(membersOf(config).map(({ mspId }) => mspId));
  const onChannel = ({ did }: MemberRecord): boolean => organisations.has(parseDid(did).subjectCode);
  const sorted = members.toSorted((a, b) => (a.did < b.did ? -1 : 1));
  const left = sorted.filter((member) => hasEnded(member) && onChannel(member));
  const missing = sorted.filter((member) => isAdmitted(member) && !onChannel(member));
  return [
    ...left.map(({ did, displayName }) => ({ kind: 'RemoveMember' as const, did, displayName, apply: removeMember(parseDid(did).subjectCode) })),
    ...missing.flatMap(({ did, displayName, fabric, join }) => (fabric === undefined ? [] : [{ kind: 'AddMember' as const, did, displayName, organisation: fabric, apply: addition(fabric), ...(join !== undefined && { join }) }])),
  ];
}

/** The removal of one that has not left yet, which it signs itself; undefined when it is not on the channel. */
export function ownRemoval(config: ChannelConfig, did: string): WantedChange | undefined {
  const { subjectCode } = parseDid(did);
  if (!membersOf(config).some(({ mspId }) => mspId === subjectCode)) return undefined;
  return { kind: 'RemoveMember', did, displayName: subjectCode, apply: removeMember(subjectCode) };
}

function addition({ mspId, rootCertificates, tlsRootCertificates, peers }: FabricOrganisation): ConfigChange {
  return addMember({ msp: { mspId, rootCertificates, tlsRootCertificates }, anchorPeers: peers });
}

/** Another institution that has left and is still on the channel; institutions leave one after another. */
export function otherLeaver(config: ChannelConfig, members: readonly MemberRecord[], did: string): WantedChange | undefined {
  return wantedChanges(config, members).find((change) => change.kind === 'RemoveMember' && change.did !== did);
}
