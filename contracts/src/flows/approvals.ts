import type { ContractContext, QueryContext } from '../core/context.ts';
import { load } from '../core/store.ts';
import { type IntendedUse, grantFault } from '../grants/evaluate.ts';
import { findGrant } from '../grants/find.ts';
import type { GrantRecord } from '../grants/record.ts';
import { bindGrant, releaseGrant } from '../grants/use.ts';
import { keys } from '../state/keys.ts';
import { sourceName, sourcesOf } from './lineage.ts';
import { ownersOf } from './load.ts';
import { namedColumns } from './named-columns.ts';
import type { FlowApproval, FlowRecord, MissingConsent } from './record.ts';

type Terms = Pick<FlowRecord, 'flowId' | 'proposer' | 'purpose' | 'trustModel' | 'wireProfile' | 'steps' | 'models'>;

/** One asset's part in one step. */
interface NamedUse extends IntendedUse {
  /** Of the asset's part within the step. */
  readonly name: string;
}

/** Every part of an asset in a step, of one owner or of all: each needs a grant. */
export function usesOf(flow: Terms, owner?: string): NamedUse[] {
  const { flowId, proposer, purpose, trustModel, wireProfile, steps } = flow;
  return steps.flatMap((step) =>
    sourcesOf(flow, step)
      .filter(({ input }) => owner === undefined || input.party === owner)
      .map((source) => ({ flowId, proposer, purpose, trustModel, wireProfile, step, input: source.input, named: namedColumns(flow, step, source), name: sourceName(flow, step, source) })),
  );
}

/** Key of a use within a flow. */
function useKey({ step, name }: NamedUse): string {
  return `${step.name}/${name}`;
}

/** Looks whether grants cover all inputs of an owner now. */
export function judgeOwner({ state, blockTime }: QueryContext, flow: Terms, owner: string): FlowApproval {
  const grants: FlowApproval['grants'] = {};
  const missing: MissingConsent[] = [];
  let person: GrantRecord | undefined;
  for (const use of usesOf(flow, owner)) {
    const found = findGrant(state, use, blockTime);
    if ('grant' in found) {
      grants[useKey(use)] = found.grant.content.id;
      if (found.grant.content.form.type === 'SingleTask') person = found.grant;
    } else {
      missing.push({ step: use.step.name, input: use.name, asset: use.input.asset ?? '', ...found.fault });
    }
  }
  if (missing.length > 0) return { state: 'Waiting', grants, missing };
  return person === undefined
    ? { state: 'Approved', via: 'Grant', grants, missing }
    : { state: 'Approved', via: 'Person', person: person.person, height: person.createdHeight, grants, missing };
}

/** Judges all owners anew, and lets the flow rely on the grants found and no longer on those that fell away. */
export function settleApprovals(context: ContractContext, flow: FlowRecord): FlowRecord['approvals'] {
  const approvals: FlowRecord['approvals'] = {};
  for (const owner of ownersOf(flow)) {
    const before = flow.approvals[owner];
    const next = judgeOwner(context, flow, owner);
    if (before?.via === next.via && before?.reason !== undefined) next.reason = before.reason;
    approvals[owner] = next;
    const relied = new Set(Object.values(next.grants));
    for (const id of new Set(Object.values(before?.grants ?? {}))) {
      if (!relied.has(id)) releaseGrant(context.state, id, flow.flowId);
    }
    for (const id of relied) bindGrant(context.state, id, flow.flowId);
  }
  return approvals;
}

/** Whether every owner has consented. */
export function allApproved(approvals: FlowRecord['approvals']): boolean {
  return Object.values(approvals).every((approval) => approval.state === 'Approved');
}

/** Ids of the grants that a flow relies on, each once. */
export function grantsOf(flow: FlowRecord, step?: string): string[] {
  const named = Object.values(flow.approvals).flatMap((approval) => Object.entries(approval.grants));
  return [
    ...new Set(named.filter(([input]) => step === undefined || input.startsWith(`${step}/`)).map(([, id]) => id)),
  ];
}

/**
 * What of a flow's inputs is not covered now: while consent is gathered by any grant, later by the very grants that it
 * was opened with.
 */
export function missingConsents(context: QueryContext, flow: FlowRecord): MissingConsent[] {
  if (flow.state === 'AwaitingApproval')
    return ownersOf(flow).flatMap((owner) => judgeOwner(context, flow, owner).missing);
  return usesOf(flow).flatMap((use) => {
    const id = flow.approvals[use.input.party]?.grants[useKey(use)];
    const grant = id === undefined ? undefined : load<GrantRecord>(context.state, keys.grant(id));
    const fault =
      grant === undefined
        ? { code: 'GRANT_MISSING' as const, message: 'no grant was found when the flow was opened' }
        : grantFault(context.state, grant, use, context.blockTime);
    return fault === undefined
      ? []
      : [{ step: use.step.name, input: use.name, asset: use.input.asset ?? '', ...fault }];
  });
}
