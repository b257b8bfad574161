import type { Json, JsonObject } from '@collabnet/envelope';
import type { WorldState } from '../state/world-state.ts';
import type { BlockInfo } from './context.ts';
import { ContractError } from './contract-error.ts';
import { queries } from './registry.ts';

/**
 * Runs a read-only method on a view of the state.
 *
 * @throws ContractError UNKNOWN_METHOD, INVALID_ARGUMENT, NOT_FOUND
 */
export function query(
  state: Pick<WorldState, 'get' | 'range' | 'history'>,
  block: BlockInfo,
  contract: string,
  method: string,
  args: JsonObject = {},
): Json {
  const found = queries.get(`${contract}.${method}`);
  if (found === undefined) throw new ContractError('UNKNOWN_METHOD', `${contract}.${method}: there is no such query`);
  return found.run({ state, blockTime: block.time, height: block.height, networkId: block.networkId }, args);
}
