import type { ParticipantDID } from '@collabnet/crds';
import { formatDid, keyIdOf } from '@collabnet/did';
import { decodeSm2Multikey } from '@collabnet/sm';
import { CliError } from '../base/errors.ts';
import type { Kube } from '../kube/kube.ts';

/** The person who signs: DID and key id in one network. */
export interface Person {
  readonly name: string;
  readonly did: string;
  readonly keyId: string;
}

/**
 * Finds the person of this institution whose public key is given.
 *
 * @param networkId - network in which the person signs
 * @param chosen - name of a ParticipantDID, where several have the same key
 * @throws CliError KEY_UNKNOWN, AMBIGUOUS
 */
export async function personOf(kube: Kube, networkId: string, keyName: string, publicKey: string, chosen: string | undefined): Promise<Person> {
  return personFrom(await personObjectOf(kube, keyName, publicKey, chosen), networkId);
}

/** The ParticipantDID of the person. @throws CliError KEY_UNKNOWN, AMBIGUOUS */
export async function personObjectOf(kube: Kube, keyName: string, publicKey: string, chosen: string | undefined): Promise<ParticipantDID> {
  const people = (await kube.list<ParticipantDID>('participantdids')).filter((one) => isPersonWith(one, publicKey) && (chosen === undefined || one.metadata.name === chosen));
  const [only] = people;
  if (only === undefined) {
    throw new CliError(
      'KEY_UNKNOWN',
      `key ${keyName} belongs to no ParticipantDID of type Person${chosen === undefined ? '' : ` named ${chosen}`} in namespace ${kube.namespace}; make one with: kubectl collabnet key show ${keyName} --manifest`,
    );
  }
  if (people.length > 1) throw new CliError('AMBIGUOUS', `key ${keyName} belongs to ${people.map((one) => one.metadata.name).join(', ')}; choose with --person`);
  return only;
}

/** DID and key id of a person in a network. */
export function personFrom(object: ParticipantDID, networkId: string): Person {
  const did = formatDid(networkId, object.spec.subjectCode);
  const keyId = object.status?.registered?.find((each) => each.networkID === networkId)?.keyID ?? object.status?.keyID ?? 'key-1';
  return { name: object.metadata.name, did, keyId: keyId.startsWith(`${did}#`) ? keyId : keyIdOf(did, keyId.slice(keyId.indexOf('#') + 1)) };
}

function isPersonWith(object: ParticipantDID, publicKey: string): boolean {
  const { type, publicKeyMultibase, deactivated } = object.spec;
  if (type !== 'Person' || deactivated || publicKeyMultibase === undefined) return false;
  try {
    return decodeSm2Multikey(publicKeyMultibase) === publicKey;
  } catch {
    return false;
  }
}
