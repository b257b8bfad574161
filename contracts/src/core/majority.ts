import type { Votes } from '../algorithms/record.ts';
import type { MemberRecord } from '../membership/record.ts';
import type { WorldState } from '../state/world-state.ts';
import type { ContractContext } from './context.ts';
import { ContractError } from './contract-error.ts';
import { each } from './page.ts';

/** DIDs of the institutions that may vote now. */
export function activeMembers(state: Pick<WorldState, 'range'>): string[] {
  const dids: string[] = [];
  for (const { value } of each(state, 'member/')) {
    const member = value as MemberRecord;
    if (member.state === 'Active') dids.push(member.did);
  }
  return dids;
}

/**
 * Adds the caller's vote: one per institution, the first one counts, repeating it changes nothing.
 *
 * @throws ContractError CONFLICT when the institution has voted the other way
 */
export function castVote(
  context: ContractContext,
  votes: Votes,
  decision: 'Approve' | 'Refuse',
  reason: string,
): Votes {
  const { institution, principal } = context.caller;
  const cast = votes[institution];
  if (cast !== undefined && cast.decision !== decision) {
    throw new ContractError('CONFLICT', `${institution} has voted ${cast.decision} already; a vote cannot be changed`);
  }
  if (cast !== undefined) return votes;
  return { ...votes, [institution]: { decision, person: principal.id, reason, height: context.height } };
}

/**
 * Counts the votes of institutions that are members now: more than half of all members decide, and a proposal that can
 * no longer reach that is refused.
 */
export function outcome(members: readonly string[], votes: Votes): 'Approve' | 'Refuse' | undefined {
  const needed = Math.floor(members.length / 2) + 1;
  const count = (decision: string): number => members.filter((did) => votes[did]?.decision === decision).length;
  if (count('Approve') >= needed) return 'Approve';
  return members.length - count('Refuse') < needed ? 'Refuse' : undefined;
}
