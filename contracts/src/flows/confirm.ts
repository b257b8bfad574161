import { z } from 'zod';
import type { AssetRecord } from '../catalogue/record.ts';
import { assetVersion } from '../catalogue/queries.ts';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, loadOrThrow } from '../core/store.ts';
import type { NetworkRules } from '../governance/rules.ts';
import { grantOf } from '../grants/find.ts';
import { reserveGrant } from '../grants/use.ts';
import { keys } from '../state/keys.ts';
import { allApproved, grantsOf } from './approvals.ts';
import { beginStep } from './begin.ts';
import { noLongerWaiting } from './indexes.ts';
import { allSources } from './lineage.ts';
import { assertBefore, assertMay, flowIdSchema, flowOf, moveFlow, ownersOf } from './load.ts';
import type { FlowRecord } from './record.ts';
import { refreshApprovals } from './refresh.ts';
import { TERMINAL_STATES } from './states.ts';

/**
 * An owner's institution confirms that it will serve the flow; the last owner's confirmation opens it. All grants are
 * judged again first. Where one fell away (expired, used up), the flow waits for that consent again: the answer then
 * says AwaitingApproval and nothing is confirmed. Confirming twice changes nothing.
 */
export const confirm = defineMethod(
  'flows.confirm',
  z.strictObject({ flowId: flowIdSchema }),
  (context, { flowId }) => {
    const { caller, height } = context;
    const before = flowOf(context.state, flowId);
    const owners = ownersOf(before);
    if (!owners.includes(caller.institution)) {
      throw new ContractError('FORBIDDEN', `flows.confirm: ${caller.institution} owns no input of this flow`, {
        field: 'flowId',
      });
    }
    if (before.confirmations[caller.institution] !== undefined && !TERMINAL_STATES.includes(before.state))
      return before;
    assertMay(before, 'confirm');
    assertBefore(context, before.approvalDeadline, 'the deadline for approvals');
    const flow = refreshApprovals(context, before, 'confirm');
    if (!allApproved(flow.approvals)) {
      if (allApproved(before.approvals)) {
        context.emit('flow.approval-lapsed', flowId);
        return flow;
      }
      const waiting = owners.filter((did) => flow.approvals[did]?.state !== 'Approved');
      throw new ContractError('APPROVAL_MISSING', `flowId: consent is missing of ${waiting.join(', ')}`, {
        field: 'flowId',
      });
    }
    const confirmations = { ...flow.confirmations, [caller.institution]: height };
    if (owners.every((did) => confirmations[did] !== undefined)) return open(context, flow, confirmations);
    return moveFlow(context, flow, 'confirm', 'AwaitingApproval', { confirmations });
  },
);

function open(context: ContractContext, flow: FlowRecord, confirmations: FlowRecord['confirmations']): FlowRecord {
  const { state, blockTime } = context;
  for (const id of grantsOf(flow)) reserveGrant(state, id, flow.flowId);
  noLongerWaiting(state, flow);
  const first = flow.steps[0]?.name ?? '';
  const deadline = Math.min(flow.deadline, blockTime + flow.timeoutMs);
  const change = {
    confirmations,
    deadline,
    openedAt: blockTime,
    minimumSetSize: minimumSetSize(context, flow),
    currentStep: first,
  };
  const next = moveFlow(context, flow, 'confirm', 'Pending', change);
  context.emit('flow.opened', flow.flowId, { step: first, deadline });
  beginStep(context, next, first);
  return next;
}

/** The largest that is asked for by any asset with a part in the flow, be it through a model of an earlier one, or by a grant. */
function minimumSetSize({ state }: ContractContext, flow: FlowRecord): number {
  const fallback = load<NetworkRules>(state, keys.rules)?.minimumSetSizeDefault ?? 1;
  const ofAssets = allSources(flow).flatMap(({ input: { asset, assetVersion: wanted } }) => {
    if (asset === undefined) return [];
    const record = loadOrThrow<AssetRecord>(state, keys.asset(asset), 'such asset', 'asset');
    // The newest version counts as well: an owner may have asked for more since the one that is read.
    return [wanted, record.version].map((version) => assetVersion(state, record, version).content.disclosure?.minimumSetSize ?? fallback);
  });
  const ofGrants = grantsOf(flow).map((id) => grantOf(state, id).content.disclosure?.minimumSetSize ?? 0);
  return Math.max(1, ...ofAssets, ...ofGrants);
}
