import type { SealedPart } from '@collabnet/envelope';
import { z } from 'zod';
import type { Votes } from '../algorithms/record.ts';
import { type Institution, institutionSchema } from '../governance/genesis-payload.ts';
import { DEFAULT_ADMISSION_LAPSE_MS, type NetworkRules } from '../governance/rules.ts';
import { type FabricOrganisation, fabricOrganisationSchema } from './fabric-organisation.ts';

/**
 * The contracts of an institution's release as members of a network on Fabric agree on them:
 * `<version>+sha256.<digest of the modules>`.
 */
export const statedContractsSchema = z
  .string()
  .max(128)
  .regex(/^\d+\.\d+\.\d+\+sha256\.[0-9a-f]{64}$/, 'give <version>+sha256.<64 lower-case hex digits>');

/** `member/<did>` */
export interface MemberRecord {
  schema: 'collabnet.dev/member/v1';
  rules: string;
  did: string;
  displayName: string;
  roles: string[];
  /** Admitted: voted in, and has not come yet (membership.activate). Lapsed: did not come in time. Suspended and Expelled: by vote of the members. */
  state: 'Admitted' | 'Active' | 'Suspended' | 'Left' | 'Lapsed' | 'Expelled';
  /** Of its admission; once it is there, from then on. */
  joinedAtHeight: number;
  /** Block time of the last vote, ms; the founder was not voted in. */
  admittedAt?: number;
  /** Id of the request by which it was voted in; the founder has none. */
  join?: string;
  /** As it asked to join with it; the founder's stands in the first block of the channel only. */
  fabric?: FabricOrganisation;
}

/** When an admission ends that was not taken up, ms of block time; undefined where none can. */
export function admissionEnds({ state, admittedAt }: MemberRecord, rules: NetworkRules | undefined): number | undefined {
  if (state !== 'Admitted' || admittedAt === undefined) return undefined;
  return admittedAt + (rules?.admissionLapseMs ?? DEFAULT_ADMISSION_LAPSE_MS);
}

/** Whether a membership has ended for good. */
export function hasEnded({ state }: Pick<MemberRecord, 'state'>): boolean {
  return state === 'Left' || state === 'Lapsed' || state === 'Expelled';
}

/** Whether an institution was voted in and its membership has not ended. */
export function isAdmitted({ state }: Pick<MemberRecord, 'state'>): boolean {
  return state === 'Admitted' || state === 'Active';
}

/** `invitation/<id>` */
export interface InvitationRecord {
  schema: 'collabnet.dev/invitation/v1';
  rules: string;
  invitationId: string;
  /** Public key whose holder may join once, uncompressed hex. */
  invitationKey: string;
  displayName: string;
  inviter: string;
  /** ms */
  expires: number;
  state: 'Open' | 'Used';
  /** Id of the join request that used it. */
  join?: string;
}

/** What a candidate asks for: it becomes the record of the new institution word for word. */
export const joinRequestSchema = institutionSchema.extend({
  /** The DID that the candidate will have: formatDid(network id, subject code). */
  did: z.string().max(128),
  /** Its organisation on the channel, where the ledger is on Fabric. */
  fabric: fabricOrganisationSchema.optional(),
});

export type JoinRequest = Institution & { did: string; fabric?: FabricOrganisation };

/** `join/<id>`; the id is the digest of the request. */
export interface JoinRecord {
  schema: 'collabnet.dev/join/v1';
  rules: string;
  id: string;
  /** Subject of the votes: digest of network, invitation and request. Equals the id. */
  digest: string;
  invitationId: string;
  request: JoinRequest;
  state: 'Pending' | 'Active' | 'Refused';
  votes: Votes;
  requestedAt: number;
  requestedHeight: number;
  decidedAt?: number;
  /**
   * On Fabric: the contracts of the candidate's release, as it said last. Not part of the digest, since the network may
   * agree on others while the votes are out.
   */
  contracts?: string;
}

/** `credential/<did>`: the NATS leaf credential, sealed to the member's agreement key. */
export interface CredentialRecord {
  schema: 'collabnet.dev/credential/v1';
  rules: string;
  did: string;
  issuer: string;
  sealed: SealedPart;
  /** Nonce of the issuing transaction; part of the associated data that opens `sealed`. */
  nonce: string;
  height: number;
}
