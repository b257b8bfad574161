import type { SignedTransaction } from '@collabnet/envelope';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import type { BlockInfo, ContractContext, ContractEvent, ExecutionResult } from './context.ts';
import { ContractError } from './contract-error.ts';
import { partiesOf } from './parties.ts';
import { methods } from './registry.ts';
import { assertRight } from './rights.ts';
import { verifyCaller } from './verify.ts';

/** Called before the caller is an active member; the method itself decides, by the invitation or the admission. */
export const OPEN_METHODS: readonly string[] = ['membership.join', 'membership.activate'];

/**
 * Runs one signed transaction. The driver gives an overlay as `state` and keeps its writes only if this returns.
 *
 * @throws ContractError; the state may then hold part of the writes and must be discarded
 */
export function execute(state: WorldState, block: BlockInfo, tx: SignedTransaction): ExecutionResult {
  const caller = verifyCaller(state, block, tx);
  const { payload } = tx;
  const marker = keys.transaction(caller.digest);
  if (state.get(marker) !== undefined) {
    throw new ContractError('REPLAYED', `transaction ${caller.digest} is on the ledger already; sign a new one`);
  }
  const name = `${payload.contract}.${payload.method}`;
  const method = methods.get(name);
  if (method === undefined) throw new ContractError('UNKNOWN_METHOD', `${name}: there is no such method`);
  if (!OPEN_METHODS.includes(name)) assertRight(state, name, caller);
  const events: ContractEvent[] = [];
  const context: ContractContext = {
    state,
    blockTime: block.time,
    height: block.height,
    networkId: block.networkId,
    caller,
    transaction: { digest: caller.digest, payload },
    emit: (type, subject, data = {}) => {
      events.push({ type, subject, data });
    },
  };
  const result = method.run(context, payload.public);
  state.put(marker, { height: block.height, method: name });
  return { digest: caller.digest, result, events, parties: partiesOf(events, state) };
}
