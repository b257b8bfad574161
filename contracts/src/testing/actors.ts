import { type Sm2KeyPair, generateSm2KeyPair } from '@collabnet/sm';
import type { Institution, InstitutionRole, PersonRole } from '../index.ts';

/** One who can sign. `did` is set when the network is founded. */
export interface Actor {
  readonly type: 'institution' | 'person' | 'workload';
  did: string;
  keyId: string;
  keys: Sm2KeyPair;
}

/** A test institution with its keys and two persons: a data manager and a security officer. */
export interface TestInstitution extends Actor {
  readonly code: string;
  readonly agree: Sm2KeyPair;
  readonly manager: Actor;
  readonly officer: Actor;
  readonly roles: InstitutionRole[];
}

const ALL: InstitutionRole[] = ['ComputeParty', 'DataProvider', 'DataUser'];

/** Makes an institution that is not on any ledger yet. */
export function makeInstitution(networkId: string, code: string, roles: InstitutionRole[] = ALL): TestInstitution {
  const institution = {
    ...makeActor('institution'),
    code,
    roles,
    agree: generateSm2KeyPair(),
    manager: makeActor('person'),
    officer: makeActor('person'),
  };
  setNetwork(institution, networkId);
  return institution;
}

/** Names an institution and its persons within a network. */
export function setNetwork(institution: TestInstitution, networkId: string): void {
  const name = (actor: Actor, code: string): void => {
    actor.did = `did:collab:${networkId.slice(0, 32)}:${code}`;
    actor.keyId = `${actor.did}#key-1`;
  };
  name(institution, institution.code);
  name(institution.manager, `${institution.code}.manager`);
  name(institution.officer, `${institution.code}.officer`);
}

/** What genesis payload and join request say of an institution. */
export function describeInstitution(institution: TestInstitution): Institution {
  const person = (actor: Actor, name: string, role: PersonRole): Institution['persons'][number] => ({
    subjectCode: `${institution.code}.${name}`,
    displayName: `${name} of ${institution.code}`,
    signKey: actor.keys.publicKey,
    roles: [role],
  });
  return {
    subjectCode: institution.code,
    displayName: `Bank ${institution.code}`,
    signKey: institution.keys.publicKey,
    agreeKey: institution.agree.publicKey,
    roles: institution.roles,
    persons: [
      person(institution.manager, 'manager', 'DataManager'),
      person(institution.officer, 'officer', 'SecurityOfficer'),
    ],
  };
}

/** An attempt of an institution, which signs by delegation. */
export function podOf(institution: TestInstitution, keys: Sm2KeyPair): Actor {
  const did = `${institution.did}.pod`;
  return { type: 'workload', did, keyId: `${did}#attempt`, keys };
}

/** A signer with fresh keys. */
export function makeActor(type: Actor['type']): Actor {
  return { type, did: '', keyId: '', keys: generateSm2KeyPair() };
}
