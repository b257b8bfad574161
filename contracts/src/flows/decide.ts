import { assertDigest, assertOwn, consentArgs } from '../core/consent.ts';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { save } from '../core/store.ts';
import { writeGrant } from '../grants/write.ts';
import { keys } from '../state/keys.ts';
import { endFlow } from './end.ts';
import { assertBefore, assertMay, flowOf, moveFlow, ownersOf } from './load.ts';
import type { FlowRecord } from './record.ts';
import { refreshApprovals } from './refresh.ts';
import { singleTaskGrants } from './single-task.ts';

/**
 * A data manager consents to the use of its institution's inputs in this flow: subject id is the flow's id, the digest
 * its `specDigest`. The consent becomes a grant for this one task.
 */
export const approve = defineMethod(
  'flows.approve',
  consentArgs('Flow', ['Approve']),
  (context, { subject, reason }) => {
    const flow = decidable(context, subject, 'approve');
    const owner = context.caller.institution;
    const approval = flow.approvals[owner];
    if (approval?.state === 'Approved') return flow;
    for (const content of singleTaskGrants(flow, owner)) writeGrant(context, content);
    const next = refreshApprovals(context, flow, 'approve');
    const decided = next.approvals[owner];
    if (decided?.state !== 'Approved') {
      // The grant was made from the flow's own terms, so this would be a fault of these rules.
      throw new ContractError(
        'CONFLICT',
        `the consent does not cover the flow: ${decided?.missing[0]?.message ?? 'unknown'}`,
      );
    }
    const approvals = { ...next.approvals, [owner]: { ...decided, reason } };
    context.emit('flow.consented', flow.flowId, { owner, person: context.caller.principal.id });
    return moveFlow(context, next, 'approve', 'AwaitingApproval', { approvals });
  },
);

/** A data manager refuses; that ends the flow. */
export const refuse = defineMethod('flows.refuse', consentArgs('Flow', ['Refuse']), (context, { subject, reason }) => {
  const flow = decidable(context, subject, 'refuse');
  const owner = context.caller.institution;
  const refused = { state: 'Refused' as const, via: 'Person' as const, grants: {}, missing: [] };
  const approvals = {
    ...flow.approvals,
    [owner]: { ...refused, person: context.caller.principal.id, reason, height: context.height },
  };
  // End with the grants still named, so that they are released; the refusal is what the record shows.
  const ended = endFlow(context, flow, 'refuse', 'ApprovalReject', { reason: 'REFUSED', message: reason });
  return writeApprovals(context, ended, approvals);
});

function decidable(
  context: ContractContext,
  subject: { id: string; digest: string },
  action: 'approve' | 'refuse',
): FlowRecord {
  const flow = flowOf(context.state, subject.id);
  assertMay(flow, action);
  const owners = ownersOf(flow);
  if (!owners.includes(context.caller.institution)) assertOwn(context, owners.join(' and '), 'the input');
  assertDigest(subject.digest, flow.specDigest);
  assertBefore(context, flow.approvalDeadline, 'the deadline for approvals');
  return flow;
}

function writeApprovals(context: ContractContext, flow: FlowRecord, approvals: FlowRecord['approvals']): FlowRecord {
  const next: FlowRecord = { ...flow, approvals };
  save(context.state, keys.flow(flow.flowId), next);
  return next;
}
