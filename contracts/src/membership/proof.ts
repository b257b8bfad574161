import { digestOf } from '@collabnet/envelope';
import { sm2Sign } from '@collabnet/sm';
import type { JoinRequest } from './record.ts';

/** Digest of a join request: the id of the join, the subject of votes, and what the invitation's key signs. */
export function joinDigest(networkId: string, invitationId: string, request: JoinRequest): string {
  return digestOf(['collabnet.dev/join-request/v1', networkId, invitationId, request]);
}

/**
 * Proof that the candidate holds the invitation: signature of its private key over {@link joinDigest} as hex text.
 *
 * @returns base64url
 */
export function joinProof(
  invitationPrivateKey: string,
  networkId: string,
  invitationId: string,
  request: JoinRequest,
): string {
  return sm2Sign(joinDigest(networkId, invitationId, request), invitationPrivateKey);
}
