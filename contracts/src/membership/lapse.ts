import { didSchema } from '@collabnet/did';
import { z } from 'zod';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, loadOrThrow } from '../core/store.ts';
import type { NetworkRules } from '../governance/rules.ts';
import { keys } from '../state/keys.ts';
import { endMembership } from './end.ts';
import { admissionEnds, type MemberRecord } from './record.ts';

/**
 * The admission of an institution ends that did not come in time. Any member may say so, since nothing is left to decide: the
 * record names the time of the admission, the rules how long it holds, and an institution that has come is not touched.
 */
export const lapse = defineMethod('membership.lapse', z.strictObject({ did: didSchema }), (context, { did }) => {
  const { state, blockTime } = context;
  const member = loadOrThrow<MemberRecord>(state, keys.member(did), 'such member', 'did');
  if (member.state === 'Lapsed') return member;
  const refuse = (why: string): ContractError => new ContractError('ILLEGAL_TRANSITION', `did: ${why}`, { field: 'did' });
  const ends = admissionEnds(member, load<NetworkRules>(state, keys.rules));
  if (ends === undefined) throw refuse(`the member is ${member.state}`);
  if (blockTime < ends) throw refuse(`its admission holds for another ${Math.ceil((ends - blockTime) / 1000)} s`);
  const next = endMembership(context, member, 'Lapsed');
  context.emit('membership.lapsed', did, { displayName: member.displayName });
  return next;
});
