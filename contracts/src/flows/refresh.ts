import type { ContractContext } from '../core/context.ts';
import { each } from '../core/page.ts';
import { keys } from '../state/keys.ts';
import { allApproved, settleApprovals } from './approvals.ts';
import { flowOf, moveFlow } from './load.ts';
import type { FlowRecord } from './record.ts';

/** Judges the consents of a flow anew and writes them; says so when the last one came in. */
export function refreshApprovals(
  context: ContractContext,
  flow: FlowRecord,
  action: 'approve' | 'confirm' | 'revoke',
): FlowRecord {
  const approvals = settleApprovals(context, flow);
  const next = moveFlow(context, flow, action, 'AwaitingApproval', { approvals });
  if (allApproved(approvals) && !allApproved(flow.approvals)) context.emit('flow.approved', flow.flowId);
  return next;
}

/** A new grant on an asset may be what waiting flows lack. */
export function refreshWaiting(context: ContractContext, asset: string): void {
  const waiting = [...each(context.state, keys.flowWaiting(asset, ''))].map(({ suffix }) => suffix);
  for (const flowId of waiting) {
    const flow = flowOf(context.state, flowId);
    if (context.blockTime < flow.approvalDeadline) refreshApprovals(context, flow, 'approve');
  }
}
