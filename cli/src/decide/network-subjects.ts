import type { CollabNetwork, ParticipantDID } from '@collabnet/crds';
import { formatDid } from '@collabnet/did';
import { programOperator } from '@collabnet/flow';
import { digestOf, type JsonObject } from '@collabnet/envelope';
import { decodeSm2Multikey } from '@collabnet/sm';
import { CliError } from '../base/errors.ts';
import { fields } from '../base/table.ts';
import { readyNetwork } from '../kube/networks.ts';
import { programText } from './program-text.ts';
import type { Subject } from './subject.ts';
import { votesText } from './votes-text.ts';

/** An algorithm registered by a member. @throws CliError NOT_FOUND, REFUSED */
export function algorithmSubject(name: string, version: string, networkObject: CollabNetwork): Subject {
  const network = readyNetwork(networkObject);
  const algorithm = network.object.status?.algorithms?.find((one) => one.name === name && one.version === version);
  if (algorithm?.digest === undefined) {
    throw new CliError('NOT_FOUND', `algorithm ${name}@${version} is not registered in network ${network.name}; list them with kubectl collabnet network algorithms`);
  }
  if (algorithm.state !== 'Registered') throw new CliError('REFUSED', `algorithm ${name}@${version} is ${algorithm.state}: there is nothing to decide any more`);
  return {
    network,
    subject: { kind: 'Algorithm', id: `${name}/${version}`, digest: algorithm.digest },
    description: fields([
      ['algorithm', `${name}@${version}`],
      ['network', `${network.object.spec.displayName} (${network.id.slice(0, 16)})`],
      ['digest', algorithm.digest],
      ['provider', algorithm.provider],
      ['engine', algorithm.engine],
      ['leaks', algorithm.leakage],
      ['votes', votesText(algorithm.votes)],
    ]) + programText(algorithm.program),
    warnings: programOperator(algorithm.operators ?? []) !== undefined && algorithm.program === undefined ? ['its program does not fit into the status; read it on the ledger before you decide'] : [],
    label: `algorithm-${name}-${version}`,
  };
}

/** A new person of this institution, to whose registration a registered one consents. @throws CliError REFUSED */
export function personSubject(participant: ParticipantDID, networkObject: CollabNetwork): Subject {
  const network = readyNetwork(networkObject);
  const { type, subjectCode, displayName, publicKeyMultibase, roles } = participant.spec;
  if (type !== 'Person' || publicKeyMultibase === undefined) {
    throw new CliError('REFUSED', `ParticipantDID ${participant.metadata.name} is no Person; institutions join by invitation`);
  }
  const body: JsonObject = { subjectCode, displayName, signKey: decodeSm2Multikey(publicKeyMultibase), roles: [...roles] };
  const did = formatDid(network.id, subjectCode);
  return {
    network,
    subject: { kind: 'Person', id: did, digest: digestOf(body) },
    description: fields([
      ['person', displayName],
      ['network', `${network.object.spec.displayName} (${network.id.slice(0, 16)})`],
      ['DID', did],
      ['roles', roles.join(', ')],
      ['public key', publicKeyMultibase],
    ]),
    warnings: ['compare the public key with the one the person reads out to you'],
    body,
    label: `person-${participant.metadata.name}`,
  };
}
