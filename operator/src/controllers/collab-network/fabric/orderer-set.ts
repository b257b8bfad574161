import type { OrdererChannel } from '@collabnet/fabric-network';

/** One of the own orderers, as a look at it and at the newest configuration of the channel shows it. */
export interface OrdererView {
  readonly ordinal: number;
  readonly name: string;
  /** What it says of the channel; `absent` when it is not in it, `away` when it does not answer. */
  readonly state: OrdererChannel | 'absent' | 'away';
  /** Whether the configuration counts it in for ordering. */
  readonly consenter: boolean;
}

/** What is to be done with one orderer. */
export type OrdererAct =
  /** Let it read the channel, from the newest configuration block on. */
  | { readonly act: 'join'; readonly ordinal: number }
  /** Count it in for ordering, with its address for clients. */
  | { readonly act: 'add'; readonly ordinal: number }
  /** Count it out: it has lost what it had promised the others. */
  | { readonly act: 'remove'; readonly ordinal: number }
  | { readonly act: 'wait'; readonly reason: string; readonly message: string };

/** Blocks that an orderer may be behind when it is counted in; the leader sends it the rest. */
const NEARLY = 100;

/**
 * What brings the orderers of a founded channel to take part, one at a time: after each act everything is looked at anew,
 * so it may end anywhere. An orderer that takes part by the configuration and knows nothing of the channel has lost its
 * volume. It must come back as a new one: with its old place the leader would count on what it has forgotten.
 *
 * @param orderers all own ones that shall take part
 * @param consenters all that order in the channel, by its configuration
 */
export function nextOrdererActs(orderers: readonly OrdererView[], consenters: number): OrdererAct[] {
  const serving = orderers.filter(({ consenter, state }) => consenter && isServing(state));
  const lost = orderers.find(({ consenter, state }) => consenter && state === 'absent');
  if (lost !== undefined) return [withoutLost(lost, serving.length, consenters)];
  const outside = orderers.filter(({ consenter }) => !consenter);
  const joins = outside.filter(({ state }) => state === 'absent').map(({ ordinal }): OrdererAct => ({ act: 'join', ordinal }));
  const [first] = outside;
  return first === undefined ? inside(orderers) : [...joins, ...admission(first, orderers, serving.length === consenters)];
}

/** What is left to wait for when all are counted in. */
function inside(orderers: readonly OrdererView[]): OrdererAct[] {
  return orderers.flatMap(({ name, state }): OrdererAct[] => {
    if (typeof state !== 'object' || isServing(state)) return [];
    if (state.status === 'failed') return [failed(name)];
    return [{ act: 'wait', reason: 'FabricOrdererJoining', message: `${name} was counted in and has to see it` }];
  });
}

function failed(name: string): OrdererAct {
  return { act: 'wait', reason: 'FabricOrdererFailed', message: `${name} has failed; look at its log` };
}

function withoutLost({ ordinal, name }: OrdererView, serving: number, consenters: number): OrdererAct {
  if (serving * 2 > consenters) return { act: 'remove', ordinal };
  const message = `${name} has lost its volume, and ${serving} of ${consenters} orderers are left: nothing can be written any more. Restore the volume from a backup; the ledger can be read`;
  return { act: 'wait', reason: 'FabricOrdererLost', message };
}

/** Of those outside the first comes next; absent ones are joined before. */
function admission({ ordinal, name, state }: OrdererView, all: readonly OrdererView[], allServe: boolean): OrdererAct[] {
  const wait = (message: string): OrdererAct[] => [{ act: 'wait', reason: 'FabricOrdererJoining', message }];
  if (state === 'absent') return wait(`${name} joins the channel`);
  if (state === 'away') return wait(`${name} joins the channel as soon as it answers`);
  if (state.status === 'failed') return [failed(name)];
  const newest = Math.max(...all.map((other) => (typeof other.state === 'object' ? other.state.height : 0)));
  if (state.status !== 'active' || newest - state.height > NEARLY) return wait(`${name} reads the channel: ${state.height} of ${newest} blocks`);
  if (!allServe) return wait(`${name} takes part as soon as all others serve`);
  return [{ act: 'add', ordinal }];
}

/** Whether it orders; one that was just counted in first has to see that it was. */
export function isServing(state: OrdererView['state']): boolean {
  return typeof state === 'object' && state.consensusRelation === 'consenter' && state.status === 'active';
}
