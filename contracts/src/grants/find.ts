import { ContractError } from '../core/contract-error.ts';
import { each } from '../core/page.ts';
import { load, loadOrThrow } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import { type GrantFault, type IntendedUse, grantFault, nearness } from './evaluate.ts';
import type { GrantRecord } from './record.ts';

type View = Pick<WorldState, 'get' | 'range'>;

/** A grant that covers the use, or the fault of the one that came nearest. */
export type FoundGrant = { readonly grant: GrantRecord } | { readonly fault: GrantFault };

/**
 * Looks for a grant that covers a use: first one a person gave for this very flow, then the standing ones in the order
 * of their ids, so that every replica picks the same.
 */
export function findGrant(state: View, use: IntendedUse, time: number): FoundGrant {
  const asset = use.input.asset ?? '';
  let nearest: GrantFault = {
    code: 'GRANT_MISSING',
    message: `no grant of ${asset} to ${use.proposer}; its owner's data manager can approve the flow or create one`,
  };
  for (const prefix of [keys.grantForFlow(use.flowId, ''), keys.grantStanding(asset, use.proposer, '')]) {
    for (const { suffix } of each(state, prefix)) {
      const grant = load<GrantRecord>(state, keys.grant(suffix));
      if (grant === undefined) continue;
      const fault = grantFault(state, grant, use, time);
      if (fault === undefined) return { grant };
      if (nearness(fault) > nearness(nearest)) nearest = fault;
    }
  }
  return { fault: nearest };
}

/** @throws ContractError NOT_FOUND */
export function grantOf(state: Pick<WorldState, 'get'>, id: string): GrantRecord {
  if (id.includes('/')) throw new ContractError('INVALID_ARGUMENT', 'id: a grant id has no slash', { field: 'id' });
  return loadOrThrow<GrantRecord>(state, keys.grant(id), 'such grant', 'id');
}
