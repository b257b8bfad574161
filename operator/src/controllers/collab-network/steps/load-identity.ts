import type { ParticipantDID } from '@collabnet/crds';
import { decodeSm2Multikey } from '@collabnet/sm';
import type { Institution, Person } from '@collabnet/contracts';
import { StalledError, WaitError } from '../../../runtime/index.ts';
import { PARTICIPANT_DID } from '../../kinds.ts';
import type { NetworkRun } from '../network-run.ts';

/** Finds who takes part: the institution's ParticipantDID with its keys, and the persons who may consent for it. */
export async function loadIdentity(run: NetworkRun): Promise<void> {
  const { didRef, personRefs } = run.network.spec;
  run.participant = await participant(run, didRef.name, 'Institution', 'didRef');
  run.persons = await Promise.all(personRefs.map((ref, index) => participant(run, ref.name, 'Person', `personRefs[${index}]`)));
  run.keys = await run.services.keys.load(run.participant);
}

async function participant(run: NetworkRun, name: string, type: string, field: string): Promise<ParticipantDID> {
  const found = await run.ctx.client.find<ParticipantDID>(PARTICIPANT_DID, name);
  if (found === undefined) throw new WaitError('ParticipantNotFound', `spec.${field}: ParticipantDID ${name} does not exist; create it`, 10_000);
  if (found.spec.type !== type) throw new StalledError('WrongParticipantType', `spec.${field}: ParticipantDID ${name} is of type ${found.spec.type}; name one of type ${type}`);
  return found;
}

/** The institution as genesis and join request present it. Throws StalledError naming a person's malformed key. */
export function institutionOf(run: NetworkRun): Institution {
  const { participant, keys, persons } = run;
  if (participant === undefined || keys === undefined) throw new Error('step order: the identity is not loaded');
  return {
    subjectCode: participant.spec.subjectCode,
    displayName: participant.spec.displayName,
    signKey: keys.signPublicKey,
    agreeKey: keys.agreePublicKey,
    roles: participant.spec.roles as Institution['roles'],
    persons: (persons ?? []).filter(({ spec }) => !spec.deactivated).map(personOf),
  };
}

function personOf(person: ParticipantDID): Person {
  const { subjectCode, displayName, roles, publicKeyMultibase } = person.spec;
  try {
    return { subjectCode, displayName, signKey: decodeSm2Multikey(publicKeyMultibase ?? ''), roles: roles as Person['roles'] };
  } catch (cause) {
    throw new StalledError('InvalidPublicKey', `ParticipantDID ${person.metadata.name}: spec.publicKeyMultibase is no SM2 multikey; copy it from 'kubectl collabnet key show'`, { cause });
  }
}
