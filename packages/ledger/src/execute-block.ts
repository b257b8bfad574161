import { execute, genesis as runGenesis, ContractError, type ContractEvent } from '@collabnet/contracts';
import type { Json, SignedTransaction } from '@collabnet/envelope';
import { blockHash, type SignedGenesis } from './block.ts';
import { LedgerError } from './errors.ts';
import type { SqliteState } from './sqlite-state.ts';

/** Where a transaction ran: the contracts' only notion of time and place. */
export interface BlockContext {
  networkId: string;
  height: number;
  time: number;
}

export interface ExecutedTransaction {
  digest: string;
  result: Json;
  events: ContractEvent[];
}

/**
 * Runs one transaction inside the open block of `state`. The host and every replica call this same function, so that a
 * state root can only differ where somebody ran other rules or hid a block.
 *
 * @throws LedgerError with the contract's code; the transaction's writes are undone, the block goes on.
 */
export function executeTransaction(state: SqliteState, block: BlockContext, tx: SignedTransaction): ExecutedTransaction {
  try {
    return state.attempt(() => {
      requireKnownHead(state, tx);
      return execute(state, block, tx);
    });
  } catch (error) {
    throw asLedgerError(error);
  }
}

/** Writes the genesis records into the open block 0 of `state`. */
export function executeGenesis(state: SqliteState, genesis: SignedGenesis): void {
  try {
    state.attempt(() => {
      runGenesis(state, genesis.payload);
    });
  } catch (error) {
    throw asLedgerError(error);
  }
}

// A sender that saw another chain must not act on this one: that is how a fork shown to one member comes to light.
function requireKnownHead(state: SqliteState, tx: SignedTransaction): void {
  const seen = tx.payload?.head;
  if (seen === undefined) return;
  const next = state.block(seen.height + 1);
  const hash = next?.header.previous ?? headHashAt(state, seen.height);
  if (hash !== seen.hash) {
    throw new LedgerError('HEAD_UNKNOWN', `head: height ${seen.height} with hash ${seen.hash} is not on this chain; refresh the view, and if it persists compare heads with the other members`);
  }
}

function headHashAt(state: SqliteState, height: number): string | undefined {
  const head = state.head();
  return head?.header.height === height ? blockHash(head.header) : undefined;
}

/** Contract refusals keep their code and field; anything else is passed through unchanged. */
export function asLedgerError(error: unknown): unknown {
  if (error instanceof ContractError) {
    return new LedgerError(error.code, error.message, { cause: error, field: error.field });
  }
  if (error instanceof Error && error.name === 'EnvelopeError' && 'code' in error && typeof error.code === 'string') {
    return new LedgerError(error.code, error.message, { cause: error });
  }
  return error;
}
