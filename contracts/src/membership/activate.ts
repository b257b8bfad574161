import { z } from 'zod';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { loadOrThrow, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { MemberRecord } from './record.ts';

/**
 * An institution that was voted in is there: from now on it has its rights, and counts in votes. It says so itself, as the
 * first thing that it writes by its own means (on Fabric through its own peer, so that it is on the channel). Before, nobody
 * knows whether it will ever come, and the others must not wait for its vote.
 */
export const activate = defineMethod('membership.activate', z.strictObject({}), (context) => {
  const { state, caller, height } = context;
  if (caller.principal.type !== 'institution') {
    throw new ContractError('FORBIDDEN', 'membership.activate: the institution itself must sign');
  }
  const did = caller.institution;
  const member = loadOrThrow<MemberRecord>(state, keys.member(did), 'such member', 'did');
  if (member.state === 'Active') return member;
  if (member.state !== 'Admitted') {
    throw new ContractError('ILLEGAL_TRANSITION', `did: the member is ${member.state}; ask for a new invitation`, {
      field: 'did',
    });
  }
  const next: MemberRecord = { ...member, state: 'Active', joinedAtHeight: height };
  save(state, keys.member(did), next);
  context.emit('membership.joined', did, { displayName: member.displayName });
  return next;
});
