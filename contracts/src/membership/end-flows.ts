import type { ContractContext } from '../core/context.ts';
import { each } from '../core/page.ts';
import { endFlow } from '../flows/end.ts';
import { flowOf } from '../flows/load.ts';
import type { FlowRecord } from '../flows/record.ts';
import { keys } from '../state/keys.ts';

/** Flows that one transaction ends at most; anybody may propose flows to a member, and a block must stay small. */
const MOST_ENDED = 100;

/** The flows that a member takes part in, in whatever role, and that have not ended. */
export function openFlowsOf({ state }: Pick<ContractContext, 'state'>, did: string): FlowRecord[] {
  return [...each(state, keys.flowOpen(did, ''))].map(({ suffix }) => flowOf(state, suffix));
}

/**
 * Cancels open flows that a member proposed or is a party of. An auditor is not missed: the flow goes on without it.
 *
 * @returns whether all of them have ended; where that is too much for one transaction, some remain
 */
export function endFlowsOf(context: ContractContext, did: string, why: { reason: string; message: string }): boolean {
  const concerned = openFlowsOf(context, did).filter((flow) => flow.proposer === did || flow.parties.includes(did));
  for (const flow of concerned.slice(0, MOST_ENDED)) endFlow(context, flow, 'cancel', 'Cancelled', why);
  return concerned.length <= MOST_ENDED;
}
