import { buildDidDocument, formatDid, newRegisteredDid } from '@collabnet/did';
import { ContractError } from '../core/contract-error.ts';
import { save, stamp } from '../core/store.ts';
import type { Institution, Person } from '../governance/genesis-payload.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import type { MemberRecord } from './record.ts';

/**
 * Registers an institution with its persons and makes it an active member.
 *
 * @param height - from which the keys hold
 * @throws ContractError ALREADY_EXISTS, INVALID_ARGUMENT (a person's subject code outside its institution)
 */
export function admit(state: WorldState, networkId: string, height: number, institution: Institution): string {
  const did = formatDid(networkId, institution.subjectCode);
  if (state.get(keys.did(did)) !== undefined) {
    throw new ContractError('ALREADY_EXISTS', `${did} is registered; choose another subject code`, { field: 'subjectCode' });
  }
  const { displayName, signKey, agreeKey, roles } = institution;
  const document = buildDidDocument({ did, signKey, agreeKey });
  save(state, keys.did(did), newRegisteredDid({ document, principalType: 'institution', displayName, roles, height }));
  const member: MemberRecord = { ...stamp('member'), did, displayName, roles, state: 'Active', joinedAtHeight: height };
  save(state, keys.member(did), member);
  for (const person of institution.persons) registerPerson(state, networkId, height, did, person);
  return did;
}

/**
 * Registers a person of an institution.
 *
 * @throws ContractError ALREADY_EXISTS, INVALID_ARGUMENT
 */
export function registerPerson(state: WorldState, networkId: string, height: number, controller: string, person: Person): string {
  const { displayName, signKey, roles, subjectCode } = person;
  const did = formatDid(networkId, subjectCode);
  if (!did.startsWith(`${controller}.`)) {
    const field = 'subjectCode';
    throw new ContractError('INVALID_ARGUMENT', `${field}: a person of ${controller} is named <its subject code>.<name>`, { field });
  }
  if (state.get(keys.did(did)) !== undefined) {
    throw new ContractError('ALREADY_EXISTS', `${did} is registered; choose another name`, { field: 'subjectCode' });
  }
  const document = buildDidDocument({ did, controller, signKey });
  save(state, keys.did(did), newRegisteredDid({ document, principalType: 'person', displayName, controller, roles, height }));
  return did;
}
