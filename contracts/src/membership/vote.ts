import { ContractError } from '../core/contract-error.ts';
import { assertDigest, consentArgs } from '../core/consent.ts';
import { activeMembers, castVote, outcome } from '../core/majority.ts';
import { defineMethod } from '../core/method.ts';
import { loadOrThrow, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import { admit } from './admit.ts';
import type { JoinRecord } from './record.ts';

/** A member's person votes on a join request; the majority of active members admits or refuses it. */
export const vote = defineMethod(
  'membership.vote',
  consentArgs('Membership', ['Approve', 'Refuse']),
  (context, args) => {
    const { state, networkId, height, blockTime } = context;
    const record = loadOrThrow<JoinRecord>(state, keys.join(args.subject.id), 'such join request', 'subject.id');
    assertDigest(args.subject.digest, record.digest);
    if (record.state !== 'Pending' && record.votes[context.caller.institution]?.decision !== args.decision) {
      throw new ContractError('ILLEGAL_TRANSITION', `the request is decided: ${record.state}`, { field: 'subject.id' });
    }
    if (record.state !== 'Pending') return record;
    const votes = castVote(context, record.votes, args.decision, args.reason);
    const decided = outcome(activeMembers(state), votes);
    const next: JoinRecord = {
      ...record,
      votes,
      ...(decided === undefined ? {} : { state: decided === 'Approve' ? 'Active' : 'Refused', decidedAt: blockTime }),
    };
    save(state, keys.join(record.id), next);
    context.emit('membership.voted', record.id, { institution: context.caller.institution, decision: args.decision });
    if (decided === 'Approve') {
      const did = admit(state, networkId, height, record.request, { join: record.id, admittedAt: blockTime });
      context.emit('membership.admitted', did, { join: record.id, displayName: record.request.displayName });
    } else if (decided === 'Refuse') {
      context.emit('membership.refused', record.id, { did: record.request.did });
    }
    return next;
  },
);
