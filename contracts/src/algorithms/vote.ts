import { assertDigest, consentArgs } from '../core/consent.ts';
import { ContractError } from '../core/contract-error.ts';
import { activeMembers, castVote, outcome } from '../core/majority.ts';
import { defineMethod } from '../core/method.ts';
import { loadOrThrow, save } from '../core/store.ts';
import type { AlgorithmRecord } from './record.ts';

/** A member's person votes on an algorithm; subject id is `<name>/<version>`, the digest that of its content. */
export const vote = defineMethod(
  'algorithms.vote',
  consentArgs('Algorithm', ['Approve', 'Refuse']),
  (context, args) => {
    const { state, blockTime } = context;
    const record = loadOrThrow<AlgorithmRecord>(state, `algorithm/${args.subject.id}`, 'such algorithm', 'subject.id');
    assertDigest(args.subject.digest, record.digest);
    if (record.state !== 'Registered') {
      if (record.votes[context.caller.institution]?.decision === args.decision) return record;
      throw new ContractError('ILLEGAL_TRANSITION', `the algorithm is decided: ${record.state}`, {
        field: 'subject.id',
      });
    }
    const votes = castVote(context, record.votes, args.decision, args.reason);
    const decided = outcome(activeMembers(state), votes);
    const next: AlgorithmRecord = {
      ...record,
      votes,
      ...(decided === undefined ? {} : { state: decided === 'Approve' ? 'Approved' : 'Refused', decidedAt: blockTime }),
    };
    save(state, `algorithm/${args.subject.id}`, next);
    context.emit('algorithms.voted', args.subject.id, {
      institution: context.caller.institution,
      decision: args.decision,
    });
    if (decided !== undefined)
      context.emit(decided === 'Approve' ? 'algorithms.approved' : 'algorithms.refused', args.subject.id);
    return next;
  },
);
