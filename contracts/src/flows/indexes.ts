import { save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import { allSources, type Lineage } from './lineage.ts';
import type { FlowRecord } from './record.ts';

/** Everyone who sees a flow. */
function audience(flow: FlowRecord): string[] {
  return [...new Set([flow.proposer, ...flow.parties, ...flow.auditors])];
}

/** Assets that have a part in a flow, each once: those it reads, and those that models it uses were made of. */
export function assetsOf(flow: Lineage): string[] {
  return [...new Set(allSources(flow).flatMap(({ input }) => (input.asset === undefined ? [] : [input.asset])))];
}

/** Writes the indexes of a new flow. */
export function indexFlow(state: WorldState, flow: FlowRecord): void {
  for (const did of audience(flow)) {
    save(state, keys.flowByParty(did, flow.flowId), {});
    save(state, keys.flowOpen(did, flow.flowId), {});
  }
  for (const asset of assetsOf(flow)) {
    save(state, keys.flowByAsset(asset, flow.flowId), {});
    save(state, keys.flowWaiting(asset, flow.flowId), {});
  }
}

/** A new grant is no longer of interest to the flow. */
export function noLongerWaiting(state: WorldState, flow: FlowRecord): void {
  for (const asset of assetsOf(flow)) state.delete(keys.flowWaiting(asset, flow.flowId));
}

/** The flow is at its end. */
export function noLongerOpen(state: WorldState, flow: FlowRecord): void {
  noLongerWaiting(state, flow);
  for (const did of audience(flow)) state.delete(keys.flowOpen(did, flow.flowId));
}
