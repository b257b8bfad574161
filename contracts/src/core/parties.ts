import { flowOf, ownersOf } from '../flows/load.ts';
import type { WorldState } from '../state/world-state.ts';
import type { ContractEvent } from './context.ts';

type State = Pick<WorldState, 'get'>;
type Whose = (event: ContractEvent, state: State) => readonly string[];

const nobody: Whose = () => [];
const owner: Whose = ({ data }) => [data['owner'] as string];
const ownersOfInputs: Whose = ({ subject }, state) => ownersOf(flowOf(state, subject));

/**
 * For everything that may happen, the DIDs of the institutions whose own ledger node must have run the transaction, where a
 * ledger has such nodes: those whose asset is published, whose consent is given, whose data come into use.
 *
 * What only takes a right away, ends something or reports what was done names nobody. Otherwise an institution could hold up
 * a revocation, a cancellation or the receipts of others by leaving its node off.
 */
const PARTIES = {
  'algorithms.approved': nobody,
  'algorithms.refused': nobody,
  'algorithms.registered': nobody,
  'algorithms.retired': nobody,
  'algorithms.revoked': nobody,
  'algorithms.voted': nobody,
  'catalogue.published': owner,
  'catalogue.withdrawn': nobody,
  'channel.proposed': nobody,
  'channel.signed': nobody,
  'flow.approval-lapsed': nobody,
  // Counts the grants that `grant.created` has put there, or standing ones; nothing is used before the flow opens.
  'flow.approved': nobody,
  'flow.attempt': nobody,
  'flow.cancelled': nobody,
  'flow.consented': nobody,
  'flow.failed': nobody,
  'flow.opened': ownersOfInputs,
  'flow.proposed': nobody,
  'flow.receipt': nobody,
  'flow.rejected': nobody,
  'flow.reserved': nobody,
  'flow.started': ownersOfInputs,
  'flow.step-succeeded': nobody,
  'flow.succeeded': nobody,
  'flow.touched': nobody,
  'grant.created': owner,
  'grant.revoked': nobody,
  'identity.deactivated': nobody,
  'identity.recovered': nobody,
  'identity.recovery-locked': nobody,
  'identity.recovery-refused': nobody,
  'identity.recovery-registered': nobody,
  'identity.recovery-vetoed': nobody,
  'identity.recovery-voted': nobody,
  'identity.registered': nobody,
  'identity.rotated': nobody,
  'membership.admitted': nobody,
  'membership.change-refused': nobody,
  'membership.change-voted': nobody,
  'membership.contracts-stated': nobody,
  'membership.credential-issued': nobody,
  'membership.expelled': nobody,
  'membership.invited': nobody,
  'membership.joined': nobody,
  'membership.lapsed': nobody,
  'membership.left': nobody,
  'membership.refused': nobody,
  'membership.reinstated': nobody,
  'membership.requested': nobody,
  'membership.suspended': nobody,
  'membership.voted': nobody,
} satisfies Record<string, Whose>;

/** What methods may emit: it must be said whose it is. */
export type EventType = keyof typeof PARTIES;

/** DIDs of the institutions whose node must have run a transaction with these events, each once, in order. */
export function partiesOf(events: readonly ContractEvent[], state: State): string[] {
  return [...new Set(events.flatMap((event) => PARTIES[event.type as EventType](event, state)))].sort();
}
