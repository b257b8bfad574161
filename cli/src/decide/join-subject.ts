import { joinDigest, joinRequestSchema, type JoinRequest } from '@collabnet/contracts';
import { certificateFingerprint, type CollabNetwork } from '@collabnet/crds';
import { encodeSm2Multikey } from '@collabnet/sm';
import { CliError } from '../base/errors.ts';
import { parseJson } from '../base/parse-json.ts';
import { fields } from '../base/table.ts';
import { readyNetwork } from '../kube/networks.ts';
import type { Subject } from './subject.ts';
import { votesText } from './votes-text.ts';

type PendingJoin = NonNullable<NonNullable<CollabNetwork['status']>['pendingJoins']>[number];

/**
 * A request to join. What is shown is read out of the request itself, whose digest is recomputed: the signature is over that
 * digest, so nobody signs another request than he sees.
 *
 * @throws CliError NOT_FOUND, NOT_READY, REFUSED
 */
export function membershipSubject(id: string, networkObject: CollabNetwork): Subject {
  const network = readyNetwork(networkObject);
  const pending = network.object.status?.pendingJoins ?? [];
  const join = pending.find((one) => one.id === id);
  if (join === undefined) {
    const ids = pending.map((one) => one.id).join(', ');
    throw new CliError('NOT_FOUND', `no pending request ${id} in network ${network.name}; ${ids === '' ? 'none is pending' : `pending: ${ids}`}`);
  }
  const request = requestOf(join, network.id);
  return {
    network,
    subject: { kind: 'Membership', id, digest: join.digest },
    description: fields([
      ['request', id],
      ['network', `${network.object.spec.displayName} (${network.id.slice(0, 16)})`],
      ['institution', request.displayName],
      ['DID', request.did],
      ['roles', request.roles.join(', ')],
      ['public key', encodeSm2Multikey(request.signKey)],
      ...request.persons.map(({ displayName, subjectCode, roles, signKey }) => ['person', `${displayName}, ${subjectCode}: ${roles.join(', ')}; ${encodeSm2Multikey(signKey)}`] as const),
      ...organisation(request),
      ['contracts', join.contracts === undefined ? undefined : `${join.contracts} (its own word, compared by the members' operators)`],
      ['votes', votesText(join.votes)],
      ['votes needed', join.needed],
    ]),
    warnings: ['compare the request, or all that is above, with what the institution reads out to you; there: kubectl collabnet network request'],
    label: `join-${id.slice(0, 16).toLowerCase()}`,
  };
}

function requestOf({ id, digest, invitationID, request }: PendingJoin, networkId: string): JoinRequest {
  if (invitationID === undefined || request === undefined) {
    throw new CliError('NOT_READY', `request ${id} is not shown in full: the requests that wait are too large together, or the operator is older than this command; decide on the others first, or upgrade the operator`);
  }
  const parsed = joinRequestSchema.safeParse(parseJson(request));
  if (!parsed.success || digest !== id || joinDigest(networkId, invitationID, parsed.data) !== digest) {
    throw new CliError('REFUSED', `request ${id}: what status.pendingJoins shows is not what its digest stands for; somebody has changed the status, so look after the operator before anybody signs`);
  }
  return parsed.data;
}

function organisation({ fabric }: JoinRequest): (readonly [string, string])[] {
  if (fabric === undefined) return [];
  const fingerprints = (label: string, certificates: readonly string[]): (readonly [string, string])[] =>
    certificates.map((pem) => [label, `SHA-256 ${certificateFingerprint(pem) ?? 'none: this is not a certificate, do not agree'}`]);
  return [
    ['MSP id', fabric.mspId],
    ...fingerprints('identity authority', fabric.rootCertificates),
    ...fingerprints('TLS authority', fabric.tlsRootCertificates),
    ...fabric.peers.map(({ host, port }) => ['peer', `${host}:${port}`] as const),
  ];
}
