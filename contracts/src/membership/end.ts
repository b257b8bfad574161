import { deactivate, type RegisteredDid } from '@collabnet/did';
import type { ContractContext } from '../core/context.ts';
import { load, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { MemberRecord } from './record.ts';

/** Ends a membership for good. The institution's records stay; its keys hold up to this height. */
export function endMembership({ state, height }: ContractContext, member: MemberRecord, as: 'Left' | 'Lapsed' | 'Expelled'): MemberRecord {
  const next: MemberRecord = { ...member, state: as };
  save(state, keys.member(member.did), next);
  const record = load<RegisteredDid>(state, keys.did(member.did));
  // A transaction by which the institution itself ends it must still verify at its height.
  if (record !== undefined) save(state, keys.did(member.did), deactivate(record, height + 1));
  return next;
}
