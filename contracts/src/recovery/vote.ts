import { z } from 'zod';
import { assertDigest, consentArgs } from '../core/consent.ts';
import { ContractError } from '../core/contract-error.ts';
import { activeMembers, outcome } from '../core/majority.ts';
import { defineMethod } from '../core/method.ts';
import { load, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import { type RecoveryRequest, recoveryStatementSchema } from './record.ts';
import { checkExpiry, checkStatement, lockMs, newRequest } from './recover.ts';
import { recoveryId } from './statement.ts';

/**
 * The other members replace an institution's keys, where its recovery keys are lost too or the holder of its key vetoes
 * them: more than half of the others must agree. A vote can be taken back while the request waits, and the first vote
 * opens it.
 */
export const voteRecovery = defineMethod(
  'identity.voteRecovery',
  consentArgs('RecoveryVote', ['Approve', 'Refuse']).extend({
    body: z.strictObject({ statement: recoveryStatementSchema }),
  }),
  (context, { subject, decision, reason, body: { statement } }) => {
    const { state, caller, height, blockTime } = context;
    const { did } = statement;
    const id = recoveryId(statement);
    assertDigest(subject.digest, id);
    if (caller.institution === did) {
      throw new ContractError('FORBIDDEN', 'identity.voteRecovery: the other members vote, not the institution itself');
    }
    const key = keys.recoveryRequest(did, id);
    const known = load<RecoveryRequest>(state, key);
    if (known === undefined) checkStatement(context, statement);
    else checkOpen(known);
    checkExpiry(context, statement);
    const before = known ?? newRequest(context, statement, 'Vote');
    const vote = { decision, person: caller.principal.id, reason, height };
    const votes = before.votes[caller.institution]?.decision === decision ? before.votes : { ...before.votes, [caller.institution]: vote };
    const decided = outcome(activeMembers(state).filter((member) => member !== did), votes);
    const { effectiveAt = blockTime + lockMs(context), ...rest } = before;
    const next: RecoveryRequest =
      decided === 'Approve'
        ? { ...rest, votes, state: 'Locked', effectiveAt }
        : { ...rest, votes, ...(decided === 'Refuse' ? { state: 'Refused' as const, decidedAt: blockTime } : { state: 'Voting' as const }) };
    save(state, key, next);
    context.emit('identity.recovery-voted', did, { id, institution: caller.institution, decision });
    if (next.state === 'Locked' && before.state !== 'Locked') context.emit('identity.recovery-locked', did, { id, via: 'Vote', effectiveAt });
    if (next.state === 'Refused') context.emit('identity.recovery-refused', did, { id });
    return next;
  },
);

function checkOpen({ state, via }: RecoveryRequest): void {
  if (via === 'Vote' && (state === 'Voting' || state === 'Locked')) return;
  const why = via === 'Keys' ? 'it was signed by recovery keys; there is nothing to vote on' : `it is ${state}`;
  throw new ContractError('ILLEGAL_TRANSITION', `subject.id: ${why}`, { field: 'subject.id' });
}
