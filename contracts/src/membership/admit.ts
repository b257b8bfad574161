import { buildDidDocument, formatDid, newRegisteredDid } from '@collabnet/did';
import { ContractError } from '../core/contract-error.ts';
import { save, stamp } from '../core/store.ts';
import type { Institution, Person } from '../governance/genesis-payload.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import type { FabricOrganisation } from './fabric-organisation.ts';
import type { MemberRecord } from './record.ts';

/** By which request and when (ms of block time) an institution was voted in. */
export type Admission = Required<Pick<MemberRecord, 'join' | 'admittedAt'>>;

/**
 * Checks every subject code of an institution and its persons before anyone votes on them.
 *
 * @throws ContractError ALREADY_EXISTS, INVALID_ARGUMENT (a person's subject code outside its institution)
 */
export function assertAdmissible(state: Pick<WorldState, 'get'>, networkId: string, institution: Institution): void {
  const did = formatDid(networkId, institution.subjectCode);
  const names = new Set<string>();
  for (const code of [institution.subjectCode, ...institution.persons.map((person) => person.subjectCode)]) {
    const subject = formatDid(networkId, code);
    const field = 'subjectCode';
    if (subject !== did && !subject.startsWith(`${did}.`)) {
      throw new ContractError('INVALID_ARGUMENT', `${field}: a person of ${did} is named <its subject code>.<name>`, {
        field,
      });
    }
    if (names.has(subject) || state.get(keys.did(subject)) !== undefined) {
      throw new ContractError('ALREADY_EXISTS', `${field}: ${subject} is registered; choose another`, { field });
    }
    names.add(subject);
  }
}

/**
 * Registers an institution with its persons. The founder is an active member at once; who was voted in when it comes.
 *
 * @param height - from which the keys hold
 * @param admission - absent for the founder
 * @throws ContractError ALREADY_EXISTS, INVALID_ARGUMENT
 */
export function admit(
  state: WorldState,
  networkId: string,
  height: number,
  institution: Institution & { fabric?: FabricOrganisation },
  admission?: Admission,
): string {
  const did = formatDid(networkId, institution.subjectCode);
  assertAdmissible(state, networkId, institution);
  const { displayName, signKey, agreeKey, roles, fabric } = institution;
  const document = buildDidDocument({ did, signKey, agreeKey });
  save(state, keys.did(did), newRegisteredDid({ document, principalType: 'institution', displayName, roles, height }));
  const member: MemberRecord = {
    ...stamp('member'),
    did,
    displayName,
    roles,
    state: admission === undefined ? 'Active' : 'Admitted',
    joinedAtHeight: height,
    ...admission,
    ...(fabric === undefined ? {} : { fabric }),
  };
  save(state, keys.member(did), member);
  for (const person of institution.persons) registerPerson(state, networkId, height, did, person);
  return did;
}

/**
 * Registers a person of an institution.
 *
 * @throws ContractError ALREADY_EXISTS, INVALID_ARGUMENT
 */
export function registerPerson(
  state: WorldState,
  networkId: string,
  height: number,
  controller: string,
  person: Person,
): string {
  const { displayName, signKey, roles, subjectCode } = person;
  const did = formatDid(networkId, subjectCode);
  if (!did.startsWith(`${controller}.`)) {
    const field = 'subjectCode';
    throw new ContractError(
      'INVALID_ARGUMENT',
      `${field}: a person of ${controller} is named <its subject code>.<name>`,
      { field },
    );
  }
  if (state.get(keys.did(did)) !== undefined) {
    throw new ContractError('ALREADY_EXISTS', `${did} is registered; choose another name`, { field: 'subjectCode' });
  }
  const document = buildDidDocument({ did, controller, signKey });
  save(
    state,
    keys.did(did),
    newRegisteredDid({ document, principalType: 'person', displayName, controller, roles, height }),
  );
  return did;
}
