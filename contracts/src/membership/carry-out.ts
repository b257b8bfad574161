import type { ContractContext } from '../core/context.ts';
import type { EventType } from '../core/parties.ts';
import { save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { MembershipChange } from './change.ts';
import { endMembership } from './end.ts';
import { endFlowsOf } from './end-flows.ts';
import type { MemberRecord } from './record.ts';

const EVENTS: Readonly<Record<MembershipChange, EventType>> = {
  Suspend: 'membership.suspended',
  Reinstate: 'membership.reinstated',
  Expel: 'membership.expelled',
};

/**
 * What the members have decided takes effect at once. A suspended or expelled member has no rights and no vote, and its open
 * flows end; those that one transaction cannot end can neither be started nor reported on by it, and run into their deadlines.
 */
export function carryOut(context: ContractContext, member: MemberRecord, change: MembershipChange, id: string): void {
  const { state } = context;
  const { did } = member;
  if (change === 'Suspend') endFlowsOf(context, did, { reason: 'PARTY_SUSPENDED', message: `the members have suspended ${did}` });
  if (change === 'Expel') endFlowsOf(context, did, { reason: 'PARTY_EXPELLED', message: `the members have expelled ${did}` });
  if (change === 'Expel') endMembership(context, member, 'Expelled');
  else save(state, keys.member(did), { ...member, state: change === 'Suspend' ? 'Suspended' : 'Active' } satisfies MemberRecord);
  context.emit(EVENTS[change], did, { change: id, displayName: member.displayName });
}
