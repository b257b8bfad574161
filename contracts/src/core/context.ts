import type { Json, JsonObject, TransactionPayload, VerifiedCaller } from '@collabnet/envelope';
import type { WorldState } from '../state/world-state.ts';
import type { EventType } from './parties.ts';

/** The block that a transaction or a query is judged in. */
export interface BlockInfo {
  /** ms since 1970; the only time that rules know. */
  readonly time: number;
  readonly height: number;
  readonly networkId: string;
}

/** What other parties are told of a transaction. */
export interface ContractEvent {
  /** `<domain>.<past participle>`, such as `flow.opened`. */
  readonly type: string;
  /** Id of the thing that changed. */
  readonly subject: string;
  readonly data: JsonObject;
}

/** What a read-only method sees. */
export interface QueryContext {
  readonly state: Pick<WorldState, 'get' | 'range' | 'history'>;
  readonly blockTime: number;
  readonly height: number;
  readonly networkId: string;
}

/** What a method sees. */
export interface ContractContext extends QueryContext {
  readonly state: WorldState;
  readonly caller: VerifiedCaller;
  readonly transaction: { readonly digest: string; readonly payload: TransactionPayload };
  emit(type: EventType, subject: string, data?: JsonObject): void;
}

/** Answer of a transaction. */
export interface ExecutionResult {
  readonly digest: string;
  readonly result: Json;
  readonly events: ContractEvent[];
  /** DIDs of the institutions whose own ledger node must have run it, where the ledger has such nodes; `core/parties.ts`. */
  readonly parties: string[];
}
