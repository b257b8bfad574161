import { load, loadOrThrow, save } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import type { GrantRecord, GrantUsage, GrantUse } from './record.ts';

/** Remembers that a flow relies on a grant, so that a revocation finds the flow. */
export function bindGrant(state: WorldState, id: string, flow: string): void {
  const use = load<GrantUse>(state, keys.grantUse(id, flow));
  if (use?.state === 'Bound') return;
  write(state, id, { flow, state: 'Bound' });
  save(state, keys.grantOpen(id, flow), {});
}

/** Takes one use when a flow opens: exactly one, however many inputs the grant covers. */
export function reserveGrant(state: WorldState, id: string, flow: string): void {
  if (load<GrantUse>(state, keys.grantUse(id, flow))?.state !== 'Bound') return;
  write(state, id, { flow, state: 'Reserved' });
  count(state, id, 1);
}

/** From the first exchanged byte a use cannot be given back. */
export function spendGrant(state: WorldState, id: string, flow: string): void {
  if (load<GrantUse>(state, keys.grantUse(id, flow))?.state === 'Reserved') write(state, id, { flow, state: 'Spent' });
}

/** Spends a use whose attempt is over, also one that was given back. @returns whether it was not spent before */
export function spendLate(state: WorldState, id: string, flow: string): boolean {
  const use = load<GrantUse>(state, keys.grantUse(id, flow))?.state;
  if (use !== 'Reserved' && use !== 'Returned') return false;
  write(state, id, { flow, state: 'Spent' });
  if (use === 'Returned') count(state, id, 1);
  return true;
}

/** The flow no longer relies on the grant; a use that was reserved and not spent is given back. */
export function releaseGrant(state: WorldState, id: string, flow: string): void {
  state.delete(keys.grantOpen(id, flow));
  const use = load<GrantUse>(state, keys.grantUse(id, flow))?.state;
  if (use === 'Reserved') {
    write(state, id, { flow, state: 'Returned' });
    count(state, id, -1);
  } else if (use === 'Bound') {
    write(state, id, { flow, state: 'Released' });
  }
}

function write(state: WorldState, id: string, use: GrantUse): void {
  save(state, keys.grantUse(id, use.flow), use);
}

function count(state: WorldState, id: string, by: number): void {
  const { form } = loadOrThrow<GrantRecord>(state, keys.grant(id), 'such grant', 'id').content;
  if (form.type !== 'Count') return;
  const usage: GrantUsage = { used: (load<GrantUsage>(state, keys.grantUsage(id))?.used ?? 0) + by };
  save(state, keys.grantUsage(id), usage);
}
