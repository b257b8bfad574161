import type { TrustModel, WireProfile } from '@collabnet/flow';
import { type GrantContent, singleTaskGrantId } from '../grants/content.ts';
import { assetsOf } from './indexes.ts';
import { type Source, sourcesOf } from './lineage.ts';
import { namedColumns } from './named-columns.ts';
import type { FlowRecord } from './record.ts';

/** The grants that a person's consent to a flow amounts to: one per asset of the owner, with exactly the flow's terms. */
export function singleTaskGrants(flow: FlowRecord, owner: string): GrantContent[] {
  return assetsOf(flow).flatMap((asset, n) => {
    const ofOwner = ({ input }: Source): boolean => input.asset === asset && input.party === owner;
    const steps = flow.steps.filter((step) => sourcesOf(flow, step).some(ofOwner));
    if (steps.length === 0) return [];
    const named = steps.flatMap((step) => sourcesOf(flow, step).filter(ofOwner).flatMap((source) => [source.input, namedColumns(flow, step, source)]));
    const content: GrantContent = {
      id: singleTaskGrantId(flow.flowId, n),
      asset,
      grantee: flow.proposer,
      purpose: flow.purpose,
      algorithms: steps.map(({ algorithm }) => ({ name: algorithm.name, versions: [algorithm.version] })),
      trustModels: [flow.trustModel as TrustModel],
      wireProfiles: [flow.wireProfile as WireProfile],
      columns: { keys: union(named.map(({ keys }) => keys)), payload: union(named.map(({ columns }) => columns)) },
      form: { type: 'SingleTask', flow: flow.flowId },
      receivers: union(steps.map((step) => step.receivers)),
      computeParties: union(steps.map((step) => step.computeParties)),
      operators: [...new Set(steps.map((step) => step.operator))],
    };
    return [content];
  });
}

function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
