import { z } from 'zod';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { activeMembers } from '../core/majority.ts';
import { defineMethod } from '../core/method.ts';
import { loadOrThrow } from '../core/store.ts';
import { ownersOf, stepOf } from '../flows/load.ts';
import type { FlowRecord } from '../flows/record.ts';
import { reservationOf } from '../flows/reservations.ts';
import { keys } from '../state/keys.ts';
import { endFlowsOf, openFlowsOf } from './end-flows.ts';
import { endMembership } from './end.ts';
import type { MemberRecord } from './record.ts';

/**
 * An institution leaves. Its records stay; its keys hold up to this height. What it has consented to and what has begun
 * must be ended first. What others only proposed to it, or opened without it, ends with its leaving, since otherwise
 * anybody could hold a member back by proposing flows. Where that is too much for one transaction, the answer still
 * says `Active`: repeat the call.
 */
export const leave = defineMethod('membership.leave', z.strictObject({}), (context) => {
  const { state, caller } = context;
  const did = caller.institution;
  const member = loadOrThrow<MemberRecord>(state, keys.member(did), 'such member', 'did');
  if (activeMembers(state).length === 1) {
    throw new ContractError('ILLEGAL_TRANSITION', 'the last member cannot leave; nobody could vote any more');
  }
  const kept = openFlowsOf(context, did).find((flow) => binds(context, flow, did));
  if (kept !== undefined) {
    throw new ContractError('ILLEGAL_TRANSITION', `flow ${kept.flowId} is open and ${did} takes part; cancel it first`);
  }
  if (!endFlowsOf(context, did, { reason: 'PARTY_LEFT', message: `${did} has left the network` })) return member;
  const next = endMembership(context, member, 'Left');
  context.emit('membership.left', did);
  return next;
});

/** Whether a flow has begun with the member's own doing: its task, its consent or its reservation. */
function binds({ state }: ContractContext, flow: FlowRecord, did: string): boolean {
  if (flow.state === 'AwaitingApproval') return false;
  if (flow.proposer === did || ownersOf(flow).includes(did)) return true;
  return flow.steps.some(({ name }) => reservationOf(state, stepOf(state, flow.flowId, name), did) !== undefined);
}
