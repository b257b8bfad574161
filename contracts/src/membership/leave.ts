import { z } from 'zod';
import { deactivate, type RegisteredDid } from '@collabnet/did';
import { ContractError } from '../core/contract-error.ts';
import { activeMembers } from '../core/majority.ts';
import { defineMethod } from '../core/method.ts';
import { load, loadOrThrow, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { MemberRecord } from './record.ts';

/** An institution leaves. Its records stay; its keys hold up to this height. Open flows must be ended first. */
export const leave = defineMethod('membership.leave', z.strictObject({}), (context) => {
  const { state, caller, height } = context;
  const did = caller.institution;
  const member = loadOrThrow<MemberRecord>(state, keys.member(did), 'such member', 'did');
  const [open] = state.range(keys.flowOpen(did, ''), { limit: 1 });
  if (open !== undefined) {
    throw new ContractError('ILLEGAL_TRANSITION', `flow ${open.key.split('/').at(-1)} is open; cancel it first`);
  }
  if (activeMembers(state).length === 1) {
    throw new ContractError('ILLEGAL_TRANSITION', 'the last member cannot leave; nobody could vote any more');
  }
  const next: MemberRecord = { ...member, state: 'Left' };
  save(state, keys.member(did), next);
  const record = load<RegisteredDid>(state, keys.did(did));
  // The leaving transaction itself must still verify at its height.
  if (record !== undefined) save(state, keys.did(did), deactivate(record, height + 1));
  context.emit('membership.left', did);
  return next;
});
