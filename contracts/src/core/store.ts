import type { Json } from '@collabnet/envelope';
import { CONTRACTS_VERSION } from '../version.ts';
import type { WorldState } from '../state/world-state.ts';
import { ContractError } from './contract-error.ts';

/** Reads a record; what lies under a key was written by these rules, so its type is the writer's. */
export function load<T>(state: Pick<WorldState, 'get'>, key: string): T | undefined {
  return state.get(key) as T | undefined;
}

/** @throws ContractError NOT_FOUND */
export function loadOrThrow<T>(state: Pick<WorldState, 'get'>, key: string, what: string, field: string): T {
  const record = load<T>(state, key);
  if (record === undefined) throw new ContractError('NOT_FOUND', `${field}: there is no ${what}`, { field });
  return record;
}

/** Writes a record. */
export function save(state: Pick<WorldState, 'put'>, key: string, record: object): void {
  state.put(key, record as Json);
}

/** The two members that every record begins with. */
export function stamp<K extends string>(kind: K): { schema: `collabnet.dev/${K}/v1`; rules: string } {
  return { schema: `collabnet.dev/${kind}/v1`, rules: CONTRACTS_VERSION };
}
