import type { ContractsRelease } from '@collabnet/contracts';
import { executeCall, executeUpgrade, foundNetwork, type CallArguments, type KeyPolicy, type StampedWrite, type StateReader } from '@collabnet/fabric-execution';
import { LedgerError, type LedgerEvent } from '@collabnet/ledger';
import type { StoredFabricBlock } from './stored-block.ts';

/** What a call of a block comes to. */
export interface Applied {
  readonly height: number;
  readonly time: number;
  readonly digest: string;
  readonly events: LedgerEvent[];
  readonly writes: StampedWrite[];
  /** Endorsement policies of keys among them. */
  readonly policies: readonly KeyPolicy[];
  readonly stored: Pick<StoredFabricBlock, 'genesis' | 'transactions'>;
}

/**
 * Runs a call of a block again.
 *
 * @param time of its proposal, epoch ms
 * @throws what the contracts refuse it with
 */
export function runCall(reader: StateReader, call: CallArguments, time: number, release: ContractsRelease): Applied {
  if (call.name === 'ping') throw new LedgerError('BLOCK_INVALID', 'a ping wrote something');
  if (call.name === 'found') {
    const founded = foundNetwork(reader, call.genesis, release);
    return { height: 0, time: founded.time, digest: founded.networkId, events: [], writes: founded.writes, policies: founded.policies, stored: { genesis: call.genesis, transactions: [] } };
  }
  const { name, seenHeight } = call;
  const outcome = name === 'upgrade' ? executeUpgrade(reader, { seenHeight, time }, release) : executeCall(reader, { tx: call.tx, seenHeight, time }, release);
  const { height, digest, writes, policies } = outcome;
  const events = outcome.events.map((event, index) => ({ ...event, height, time: outcome.time, index, transaction: digest }));
  return { height, time: outcome.time, digest, events, writes, policies, stored: { transactions: name === 'submit' ? [{ height, tx: call.tx }] : [] } };
}
