import { type VerifiedCaller, consentActions } from '@collabnet/envelope';
import type { RegisteredDid } from '@collabnet/did';
import type { RightsTable } from '../governance/rights-table.ts';
import type { MemberRecord } from '../membership/record.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import { ContractError } from './contract-error.ts';
import { load } from './store.ts';

type View = Pick<WorldState, 'get'>;

/** Consent that an owner's institution may also give, since it only takes rights away. */
const PROTECTIVE = ['grants.revoke'];

/**
 * Refuses a caller that the table of rights does not let call `action`. The caller's institution must be an active
 * member; a workload has the roles of its institution.
 *
 * @throws ContractError CONSENT_REQUIRED where a person's own key must sign, else FORBIDDEN
 */
export function assertRight(state: View, action: string, caller: VerifiedCaller): void {
  if (consentActions.includes(action) && !PROTECTIVE.includes(action)) assertPersonKey(caller, action);
  const right = load<RightsTable>(state, keys.rights)?.[action];
  if (right === undefined) throw forbidden(action, 'the table of rights gives it to nobody');
  if (!right.principals.includes(caller.principal.type)) {
    throw forbidden(action, `it is for ${right.principals.join(' or ')}, not for a ${caller.principal.type}`);
  }
  assertActive(state, action, caller.institution);
  const needed = right.roles;
  if (needed === undefined) return;
  const roles = rolesOf(state, caller);
  if (!needed.some((role) => roles.includes(role))) {
    throw forbidden(
      action,
      `it needs one of the roles ${needed.join(', ')}; ${caller.principal.id} has ${roles.join(', ') || 'none'}`,
    );
  }
}

/** Whether the table gives `action` to the caller; for rights that widen a method. */
export function hasRight(state: View, action: string, caller: VerifiedCaller): boolean {
  try {
    assertRight(state, action, caller);
    return true;
  } catch (error) {
    if (error instanceof ContractError) return false;
    throw error;
  }
}

/** @throws ContractError FORBIDDEN unless the institution is an active member */
export function assertActive(state: View, action: string, did: string): void {
  const member = load<MemberRecord>(state, keys.member(did));
  if (member?.state !== 'Active') throw forbidden(action, `${did} is no active member of this network`);
}

function rolesOf(state: View, caller: VerifiedCaller): readonly string[] {
  if (caller.principal.type !== 'person')
    return load<MemberRecord>(state, keys.member(caller.institution))?.roles ?? [];
  return load<RegisteredDid>(state, keys.did(caller.principal.id))?.roles ?? [];
}

function assertPersonKey(caller: VerifiedCaller, action: string): void {
  if (caller.principal.type === 'person' && caller.principal.scheme === 'DID' && caller.via === 'key') return;
  throw new ContractError('CONSENT_REQUIRED', `${action} is consent: sign it with a registered person's own key`);
}

function forbidden(action: string, why: string): ContractError {
  return new ContractError('FORBIDDEN', `${action}: ${why}`);
}
