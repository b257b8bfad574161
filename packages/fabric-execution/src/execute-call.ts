import { ContractError, CURRENT_RELEASE, isOlderVersion, keys, OverlayState, upgrade, upgradeDigest, type ContractEvent, type ExecutionResult } from '@collabnet/contracts';
import type { Json, SignedTransaction } from '@collabnet/envelope';
import { FabricExecutionError } from './errors.ts';
import { membersWithoutKey, newMembers, partyChanges, type KeyPolicy, type NetworkRecord } from './party-keys.ts';
import type { Stamp } from './stamp.ts';
import { StampedState } from './stamped-state.ts';
import { stampedWrites, type StampedWrite } from './stamped-writes.ts';
import type { StateReader } from './state-reader.ts';

/** What one transaction is run with; all of it is part of the proposal, so that every endorser has the same. */
export interface Call {
  readonly tx: SignedTransaction;
  /** Height of the head that the sender had verified. */
  readonly seenHeight: number;
  /** Timestamp of the proposal, epoch ms. */
  readonly time: number;
}

/** What a transaction came to. */
export interface Outcome extends Stamp {
  readonly digest: string;
  readonly result: Json;
  readonly events: ContractEvent[];
  /** In key order. */
  readonly writes: StampedWrite[];
  /** Of party keys that are among the writes. */
  readonly policies: readonly KeyPolicy[];
  /** MSP ids of organisations of which a peer has to endorse it, whoever else does. */
  readonly endorsers: readonly string[];
  /** Keys whose values the outcome depends on. */
  readonly reads: string[];
}

/** One lie about the seen height may not use up the numbers: it takes millions of them to. */
const MOST_AHEAD = 2 ** 32;
/** Each round raises the height to above something read; more than this means that the rules chase their own tail. */
const MOST_ROUNDS = 16;

/**
 * Runs one signed transaction as endorsers and replicas do.
 *
 * At endorsement nobody knows the block, so height and time are those of a logical clock: the height is one above both
 * the head that the sender saw and every value that the transaction read; the time is that of the proposal, but not
 * before that of any value read. Whatever a rule compares a height with, it has read. Hence what was written before
 * lies at a lower height for it, as on a ledger that executes in order, and naming an old head or a time in the past
 * gains nothing against a record that was changed since.
 *
 * @throws ContractError when the rules refuse; FabricExecutionError NOT_FOUNDED, HEIGHT_INVALID, and CONTRACTS_MISMATCH or
 *   UPGRADE_PENDING where the records are of a later or an earlier version than the rules
 */
export function executeCall(reader: StateReader, call: Call, release = CURRENT_RELEASE): Outcome {
  const { version } = release;
  return settle(reader, call, (overlay, { height, time }, network, base) => {
    assertInForce(network.rules, version);
    const done = release.execute(overlay, { height, time, networkId: network.networkId }, call.tx);
    return { ...done, admitted: newMembers(base, overlay.writes().map(({ key }) => key), version) };
  });
}

/**
 * Brings the records to a release, as {@link executeCall} runs a transaction. Where they are of it already, nothing is written.
 *
 * @throws ContractError CONFLICT; FabricExecutionError NOT_FOUNDED, HEIGHT_INVALID
 */
export function executeUpgrade(reader: StateReader, call: Omit<Call, 'tx'>, release = CURRENT_RELEASE): Outcome {
  const { version } = release;
  return settle(reader, call, (overlay, { height, time }, { networkId, rules }) => {
    const events = upgrade(overlay, { height, time, networkId }, release);
    return { digest: upgradeDigest(networkId, version), result: null, events, parties: [], admitted: membersWithoutKey(overlay, rules, version) };
  });
}

/** `admitted`: DIDs of members who get their party key. */
type Done = ExecutionResult & { readonly admitted: readonly string[] };

function settle(reader: StateReader, { seenHeight, time }: Omit<Call, 'tx'>, run: (overlay: OverlayState, stamp: Stamp, network: NetworkRecord, base: StampedState) => Done): Outcome {
  const base = new StampedState(reader);
  const network = networkOf(base);
  let stamp: Stamp = { height: seenHeight + 1, time };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const overlay = new OverlayState(base);
    const done = attempt(() => {
      const { parties, admitted, ...ran } = run(overlay, stamp, network, base);
      return { ran, changes: partyChanges(network, parties, admitted) };
    });
    const { latest } = base;
    if (latest.height >= stamp.height || latest.time > stamp.time) {
      // Also after a refusal: a key that has just come into force looks unknown from below its height.
      stamp = { height: Math.max(stamp.height, latest.height + 1), time: Math.max(stamp.time, latest.time) };
      continue;
    }
    assertSeen(seenHeight, latest.height);
    if ('error' in done) throw done.error;
    const { ran, changes } = done.value;
    return { ...stamp, ...ran, writes: stampedWrites(overlay, stamp, changes.keys), policies: changes.policies, endorsers: changes.endorsers, reads: base.keysRead };
  }
  throw new FabricExecutionError('HEIGHT_INVALID', `the height of this transaction does not settle within ${MOST_ROUNDS} rounds`);
}

function networkOf(state: StampedState): NetworkRecord {
  const network = state.get(keys.network) as NetworkRecord | undefined;
  if (network === undefined) throw new FabricExecutionError('NOT_FOUNDED', 'this channel holds no network yet; submit its genesis first');
  return network;
}

/** New rules over old records, or the other way round, would be neither version. */
function assertInForce(records: string, rules: string): void {
  if (records === rules) return;
  if (isOlderVersion(records, rules)) throw new FabricExecutionError('UPGRADE_PENDING', `contracts: ${rules} is to come, and the records are still of ${records}; the operator that put it into force brings them over, then submit again`);
  throw new FabricExecutionError('CONTRACTS_MISMATCH', `contracts: the records are of ${records}, these rules are ${rules}; run the version that the members have put into force`);
}

function assertSeen(seen: number, read: number): void {
  if (Number.isSafeInteger(seen) && seen >= 0 && seen <= read + MOST_AHEAD) return;
  throw new FabricExecutionError('HEIGHT_INVALID', `seen height ${seen}: name the height of the head that you have verified`);
}

function attempt<T>(run: () => T): { value: T } | { error: ContractError } {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof ContractError) return { error };
    throw error;
  }
}
