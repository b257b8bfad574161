import { z } from 'zod';
import { assertDigest, consentArgs } from '../core/consent.ts';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { activeMembers, castVote, outcome } from '../core/majority.ts';
import { defineMethod } from '../core/method.ts';
import { load, loadOrThrow, save, stamp } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import { carryOut } from './carry-out.ts';
import { type ChangeRecord, type ChangeStatement, changeId, changeStatementSchema, LONGEST_VOTE_MS } from './change.ts';
import type { MemberRecord } from './record.ts';

/**
 * Members decide by vote that one of them is suspended, comes back, or is expelled. The first vote opens it. More than half
 * of all active members must agree, the one concerned counted among them: of two members neither can be rid of the other.
 */
export const voteChange = defineMethod(
  'membership.voteChange',
  consentArgs('MembershipChange', ['Approve', 'Refuse']).extend({
    body: z.strictObject({ statement: changeStatementSchema }),
  }),
  (context, { subject, decision, reason, body: { statement } }) => {
    const { state, blockTime, caller } = context;
    const { did, change } = statement;
    const id = changeId(statement);
    assertDigest(subject.digest, id);
    const known = load<ChangeRecord>(state, keys.membershipChange(did, id));
    if (known !== undefined && known.state !== 'Voting') return decided(known, caller.institution, decision);
    checkStatement(context, statement);
    const member = checkMember(context, statement);
    const before: ChangeRecord = known ?? { ...stamp('membership-change'), id, statement, state: 'Voting', votes: {}, proposedAt: blockTime };
    const votes = castVote(context, before.votes, decision, reason);
    const result = outcome(activeMembers(state), votes);
    const next: ChangeRecord = { ...before, votes, ...(result !== undefined && { state: result === 'Approve' ? ('Carried' as const) : ('Refused' as const), decidedAt: blockTime }) };
    save(state, keys.membershipChange(did, id), next);
    context.emit('membership.change-voted', did, { id, change, institution: caller.institution, decision });
    if (result === 'Approve') carryOut(context, member, change, id);
    if (result === 'Refuse') context.emit('membership.change-refused', did, { id, change });
    return next;
  },
);

/** A vote that is repeated after the decision changes nothing; another comes too late. */
function decided(record: ChangeRecord, institution: string, decision: string): ChangeRecord {
  if (record.votes[institution]?.decision === decision) return record;
  throw new ContractError('ILLEGAL_TRANSITION', `the change is decided: ${record.state}`, { field: 'subject.id' });
}

function checkStatement({ networkId, blockTime }: ContractContext, { network, expires }: ChangeStatement): void {
  if (network !== networkId) {
    const field = 'body.statement.network';
    throw new ContractError('INVALID_ARGUMENT', `${field}: is of another network`, { field });
  }
  const field = 'body.statement.expires';
  if (blockTime >= expires) throw new ContractError('EXPIRED', `${field}: the time to vote is over; propose it anew`, { field });
  if (expires > blockTime + LONGEST_VOTE_MS) throw new ContractError('INVALID_ARGUMENT', `${field}: must lie in the next 30 days`, { field });
}

function checkMember({ state }: ContractContext, { did, change }: ChangeStatement): MemberRecord {
  const field = 'body.statement.did';
  const member = loadOrThrow<MemberRecord>(state, keys.member(did), 'such member', field);
  const refuse = (why: string): ContractError => new ContractError('ILLEGAL_TRANSITION', `${field}: ${did} ${why}`, { field });
  const from = { Suspend: ['Active'], Reinstate: ['Suspended'], Expel: ['Active', 'Suspended'] }[change];
  if (!from.includes(member.state)) throw refuse(`is ${member.state}; ${change} is for members that are ${from.join(' or ')}`);
  // Only who was voted in has a request.
  if (change === 'Expel' && member.join === undefined) throw refuse('founded the network and hosts its hub; suspend it, or found another network');
  return member;
}
