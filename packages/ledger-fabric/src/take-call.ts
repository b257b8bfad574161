import { contractsInForce, isOlderVersion, keys, upgradeDigest, verifyCaller } from '@collabnet/contracts';
import { canonicalJson, transactionDigest } from '@collabnet/envelope';
import { decodeStamped, StampedState, verifyGenesis, type CallArguments, type StampedWrite, type StateReader } from '@collabnet/fabric-execution';
import { z } from 'zod';
import type { Applied } from './run-call.ts';

const receiptSchema = z.strictObject({ contracts: z.string(), digest: z.string(), height: z.int().min(0), time: z.int().min(0) });
type Receipt = z.infer<typeof receiptSchema>;

/** A call of a block as Fabric has it. */
export interface EndorsedCall {
  readonly call: CallArguments;
  /** Version of the contracts that it names. */
  readonly contracts: string;
  /** Time of the proposal, epoch ms. */
  readonly time: number;
  /** What its endorsers answered. */
  readonly answer: string;
  readonly writes: readonly StampedWrite[];
}

/**
 * Takes what a call wrote from its endorsers, for a version of the contracts that this build does not have. What does not
 * depend on that version's rules is checked: who signed it, by the keys in the own state; that it is the one that its
 * answer names, and no copy; that everything was written at the height and time of the answer; that the version was in
 * force. Whether the rules allowed it is the word of the majority that endorsed it. Events are not known.
 *
 * @throws Error saying what does not hold
 */
export function takeCall(reader: StateReader, networkId: string, endorsed: EndorsedCall): Applied {
  const receipt = receiptOf(endorsed);
  const { call, writes } = endorsed;
  for (const { key, text } of writes) assertStamped(key, text, receipt);
  const { height, time, digest } = receipt;
  const applied = { height, time, digest, events: [], writes: [...writes], policies: [] };
  if (call.name === 'ping') throw new Error('a ping wrote something');
  if (call.name === 'found') {
    if (verifyGenesis(call.genesis) !== digest || height !== 0) throw new Error('the answer to the genesis names another');
    // Part of the network's id: nobody can found it by rules that no build has.
    if (call.genesis.payload.contractsVersion !== endorsed.contracts) throw new Error('its genesis is of other contracts');
    return { ...applied, stored: { genesis: call.genesis, transactions: [] } };
  }
  if (height <= call.seenHeight || time < endorsed.time) throw new Error('it lies before what its sender had seen');
  if (call.name === 'upgrade') {
    assertUpgrade(reader, networkId, endorsed, digest);
    return { ...applied, stored: { transactions: [] } };
  }
  assertSubmission(reader, networkId, { ...endorsed, call }, receipt);
  return { ...applied, stored: { transactions: [{ height, tx: call.tx }] } };
}

function receiptOf({ answer, contracts }: EndorsedCall): Receipt {
  const receipt = receiptSchema.parse(JSON.parse(answer));
  if (canonicalJson(receipt) !== answer || receipt.contracts !== contracts) throw new Error('its answer is not that of a chaincode of its version');
  return receipt;
}

function assertStamped(key: string, text: string | undefined, receipt: Receipt): void {
  if (text === undefined) return;
  const { height, time } = decodeStamped(text);
  if (height !== receipt.height || time !== receipt.time) throw new Error(`${key} was written at another height or time than the answer names`);
}

function assertSubmission(reader: StateReader, networkId: string, { call: { tx }, contracts, writes }: EndorsedCall & { call: { name: 'submit' } }, receipt: Receipt): void {
  const state = new StampedState(reader);
  if (contractsInForce(state) !== contracts) throw new Error(`contracts ${contracts} were not in force`);
  const { digest } = verifyCaller(state, { networkId, height: receipt.height, time: receipt.time }, tx);
  const marker = keys.transaction(transactionDigest(tx.payload));
  if (receipt.digest !== digest || !writes.some(({ key }) => key === marker)) throw new Error('its answer names another transaction');
  if (state.get(marker) !== undefined) throw new Error('it is on the ledger already');
  if (writes.some(({ key }) => key === keys.network)) throw new Error('it changes the version of the contracts');
}

function assertUpgrade(reader: StateReader, networkId: string, { contracts, writes }: EndorsedCall, digest: string): void {
  if (!isOlderVersion(contractsInForce(new StampedState(reader)) ?? '', contracts)) throw new Error(`contracts ${contracts} do not follow on those in force`);
  const text = writes.find(({ key }) => key === keys.network)?.text;
  const now = text === undefined ? undefined : (decodeStamped(text).value as { rules?: string });
  if (digest !== upgradeDigest(networkId, contracts) || now?.rules !== contracts) throw new Error('it does not say which version it puts into force');
}
