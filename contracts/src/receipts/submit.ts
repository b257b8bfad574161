import { type Json, canonicalJson, digestOf } from '@collabnet/envelope';
import { didSchema } from '@collabnet/did';
import { sm2Verify } from '@collabnet/sm';
import { z } from 'zod';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, save, stamp } from '../core/store.ts';
import { assertComputes, assertCurrent, assertMay, attemptArgs, flowOf, stepOf, termsOf } from '../flows/load.ts';
import type { FlowRecord, FlowStepRecord, Reservation } from '../flows/record.ts';
import { reservationOf } from '../flows/reservations.ts';
import { keys } from '../state/keys.ts';
import { closeStep } from './close-step.ts';
import { type Receipt, receiptSchema } from '@collabnet/flow';
import type { ReceiptRecord } from './record.ts';

const submitArgs = z.strictObject({
  ...attemptArgs,
  party: didSchema,
  receipt: receiptSchema,
  signature: z.string().max(128),
});

/**
 * Puts a party's receipt of a step on the ledger: exactly one per step and party. The same one again is adopted,
 * another one is refused. The last one closes the step.
 */
export const submit = defineMethod('receipts.submit', submitArgs, (context, args): ReceiptRecord => {
  const { state, height, blockTime } = context;
  const flow = flowOf(state, args.flowId);
  const terms = termsOf(flow, args.step);
  const party = assertComputes(context, terms);
  if (party !== args.party)
    throw new ContractError('FORBIDDEN', 'party: an institution submits its own receipt', { field: 'party' });
  const digest = digestOf(args.receipt);
  const key = keys.receipt(args.flowId, args.step, party);
  const known = load<ReceiptRecord>(state, key);
  if (known?.digest === digest) return known;
  const step = stepOf(state, args.flowId, args.step);
  if (known !== undefined && (known.attempt === args.attempt || step.state === 'Succeeded')) {
    throw new ContractError('CONFLICT', 'receipt: another one of this party is on the ledger', { field: 'receipt' });
  }
  assertMay(flow, 'receipt');
  assertCurrent(flow, step, args.attempt);
  const reserved = reservationOf(state, step, party);
  checkContent(context, flow, step, reserved, args.receipt);
  const courierKey = reserved?.courierKey ?? '';
  if (!sm2Verify(canonicalJson(args.receipt), args.signature, courierKey)) {
    throw new ContractError('PROOF_INVALID', "signature: not that of the attempt's key over the canonical receipt", {
      field: 'signature',
    });
  }
  const record: ReceiptRecord = {
    ...stamp('receipt-record'),
    flowId: args.flowId,
    step: args.step,
    attempt: args.attempt,
    party,
    receipt: args.receipt,
    signature: args.signature,
    digest,
    height,
    at: blockTime,
  };
  save(state, key, record);
  const next: FlowStepRecord = { ...step, receipts: [...step.receipts, party] };
  save(state, keys.flowStep(args.flowId, args.step), next);
  context.emit('flow.receipt', args.flowId, { step: args.step, attempt: args.attempt, party, digest });
  if (terms.computeParties.every((did) => next.receipts.includes(did))) closeStep(context, flow, next);
  return record;
});

/** Everything in a receipt that the ledger knows already must agree with it. */
function checkContent(
  context: ContractContext,
  flow: FlowRecord,
  step: FlowStepRecord,
  reserved: Reservation | undefined,
  receipt: Receipt,
): void {
  const party = context.caller.institution;
  const terms = termsOf(flow, step.step);
  const peers = terms.computeParties.filter((did) => did !== party);
  const expected: Record<string, [Json, Json]> = {
    network: [receipt.network, context.networkId],
    flowId: [receipt.flowId, flow.flowId],
    step: [receipt.step, step.step],
    attempt: [receipt.attempt, step.attempt],
    party: [receipt.party, party],
    specDigest: [receipt.specDigest, flow.specDigest],
    algorithm: [receipt.algorithm, terms.algorithm],
    wireProfile: [receipt.wireProfile, flow.wireProfile],
    courierKey: [receipt.courierKey, reserved?.courierKey ?? ''],
    inputCommitments: [sorted(receipt.inputCommitments), sorted(reserved?.inputCommitments ?? [])],
    transcripts: [Object.keys(receipt.transcripts).sort(), [...peers].sort()],
  };
  for (const [member, [said, held]] of Object.entries(expected)) {
    if (canonicalJson(said) === canonicalJson(held)) continue;
    const field = `receipt.${member}`;
    throw new ContractError('INVALID_ARGUMENT', `${field}: differs from what the ledger holds of this attempt`, {
      field,
    });
  }
}

function sorted(commitments: Receipt['inputCommitments']): Json {
  return [...commitments].sort((left, right) => (left.input < right.input ? -1 : 1));
}
