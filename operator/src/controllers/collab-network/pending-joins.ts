import { certificateFingerprint, type CollabNetworkStatus } from '@collabnet/crds';
import type { FabricOrganisation, JoinRecord, JoinRequest, MemberRecord, Page } from '@collabnet/contracts';
import { canonicalJson } from '@collabnet/envelope';
import type { Ledger } from '@collabnet/ledger';

type PendingJoin = NonNullable<CollabNetworkStatus['pendingJoins']>[number];
type Organisation = NonNullable<PendingJoin['organisation']>;

/** Requests that the status shows word for word, UTF-8 octets in all: an object of Kubernetes has room for about a megabyte. */
const ROOM = 256 * 1024;
/** Shown where a certificate should be and is none; such an organisation cannot come to the channel. */
const NO_CERTIFICATE = 'not a certificate';

/** The requests that wait for votes, as the ledger records them; those that have waited longest come first. */
export async function pendingJoins(ledger: Pick<Ledger, 'evaluate'>, members: readonly Pick<MemberRecord, 'state'>[]): Promise<PendingJoin[]> {
  const { items } = await ledger.evaluate<Page<JoinRecord>>('membership', 'joins', { state: 'Pending', limit: 200 });
  const needed = Math.floor(members.filter(({ state }) => state === 'Active').length / 2) + 1;
  let room = ROOM;
  return items
    .toSorted((one, other) => one.requestedHeight - other.requestedHeight)
    .map((join) => {
      const { id, digest, invitationId, request, votes, contracts } = join;
      const text = canonicalJson(request);
      room -= Buffer.byteLength(text);
      return {
        id,
        digest,
        displayName: request.displayName,
        did: request.did,
        roles: request.roles,
        votes: Object.entries(votes).map(([member, { decision }]) => ({ member, decision })),
        needed,
        invitationID: invitationId,
        ...(room >= 0 && { request: text }),
        ...organisationOf(request),
        ...(contracts !== undefined && { contracts }),
      };
    });
}

/** The own request, so that a person here can read out what the members are shown. */
export function ownJoin({ id, request, contracts }: Pick<JoinRecord, 'id' | 'request' | 'contracts'>): NonNullable<CollabNetworkStatus['joinRequest']> {
  return { id, ...organisationOf(request), ...(contracts !== undefined && { contracts }) };
}

function organisationOf({ fabric }: JoinRequest): { organisation?: Organisation } {
  return fabric === undefined ? {} : { organisation: describeOrganisation(fabric) };
}

function describeOrganisation({ mspId, rootCertificates, tlsRootCertificates, peers }: FabricOrganisation): Organisation {
  const fingerprints = (certificates: readonly string[]): string[] => certificates.map((pem) => certificateFingerprint(pem) ?? NO_CERTIFICATE);
  return {
    mspID: mspId,
    identityAuthorities: fingerprints(rootCertificates),
    tlsAuthorities: fingerprints(tlsRootCertificates),
    peers: peers.map(({ host, port }) => `${host}:${port}`),
  };
}
