import { inputCommitmentSchema } from '@collabnet/flow';
import { type Json, canonicalJson, delegationBytes, delegationSchema } from '@collabnet/envelope';
import { type RegisteredDid, keyAt, publicKeyHexSchema } from '@collabnet/did';
import type { ProposedStep } from '@collabnet/flow';
import { sm2Verify } from '@collabnet/sm';
import { z } from 'zod';
import type { AlgorithmRecord } from '../algorithms/record.ts';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { omit } from '../core/omit.ts';
import { load, save, stamp } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import {
  assertBefore,
  assertComputes,
  assertCurrent,
  assertMay,
  attemptArgs,
  flowOf,
  stepOf,
  termsOf,
} from './load.ts';
import type { Reservation, ReservationRecord } from './record.ts';

const reserveArgs = z.strictObject({
  ...attemptArgs,
  inputCommitments: z.array(inputCommitmentSchema).max(16),
  courierKey: publicKeyHexSchema,
  delegation: delegationSchema,
  imageDigest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional(),
  isolation: z.string().max(256).optional(),
});

/**
 * A compute party has everything in place for an attempt: pod scheduled, inputs frozen and committed to, engine
 * waiting. A later attempt must commit to the inputs of the first. Repeating a reservation changes nothing.
 */
export const reserve = defineMethod('flows.reserve', reserveArgs, (context, args) => {
  const { state, height } = context;
  const flow = flowOf(state, args.flowId);
  const terms = termsOf(flow, args.step);
  const step = stepOf(state, args.flowId, args.step);
  const did = assertComputes(context, terms);
  const { attempt } = args;
  const content = omit(args, 'flowId', 'step', 'attempt');
  const key = keys.reservation(args.flowId, args.step, did);
  const known = load<ReservationRecord>(state, key);
  const repeatable = flow.state === 'Pending' || flow.state === 'Running';
  if (known?.attempt === attempt && repeatable && flow.currentStep === args.step && step.attempt === attempt) {
    return adopt(known, content);
  }
  assertMay(flow, 'reserve');
  assertCurrent(flow, step, attempt);
  assertBefore(context, step.reserveDeadline ?? 0, 'the time to reserve');
  checkInputs(terms, known?.frozen, did, content.inputCommitments);
  checkImage(context, terms, content.imageDigest);
  checkDelegation(context, args, flow.deadline);
  const record: ReservationRecord = {
    ...stamp('reservation'),
    flowId: args.flowId,
    step: args.step,
    party: did,
    attempt,
    reservation: { ...content, height },
    frozen: content.inputCommitments,
  };
  save(state, key, record);
  context.emit('flow.reserved', args.flowId, { step: args.step, attempt, party: did });
  return record;
});

function adopt(known: ReservationRecord, content: Omit<Reservation, 'height'>): ReservationRecord {
  if (canonicalJson(omit(known.reservation, 'height')) === canonicalJson(content)) return known;
  throw new ContractError(
    'CONFLICT',
    `this party has reserved attempt ${known.attempt} of ${known.flowId} otherwise; it cannot be changed`,
    {
      field: 'attempt',
    },
  );
}

function checkInputs(
  terms: ProposedStep,
  frozen: Reservation['inputCommitments'] | undefined,
  did: string,
  commitments: Reservation['inputCommitments'],
): void {
  const field = 'inputCommitments';
  const own = terms.inputs.filter((input) => input.party === did).map((input) => input.name);
  const named = commitments.map((commitment) => commitment.input);
  if (canonicalJson([...own].sort()) !== canonicalJson([...named].sort())) {
    throw new ContractError('INVALID_ARGUMENT', `${field}: name each of your inputs once: ${own.join(', ')}`, {
      field,
    });
  }
  if (frozen === undefined || canonicalJson(byInput(frozen)) === canonicalJson(byInput(commitments))) return;
  throw new ContractError(
    'INPUT_CHANGED',
    `${field}: differ from those of the first attempt; give the same data again`,
    { field },
  );
}

function byInput(commitments: Reservation['inputCommitments']): Json {
  return Object.fromEntries(
    commitments.map(({ input, commitment, rowsCommitment }) => [input, [commitment, rowsCommitment ?? null]]),
  );
}

function checkImage({ state }: ContractContext, { algorithm }: ProposedStep, imageDigest: string | undefined): void {
  const registered = load<AlgorithmRecord>(state, keys.algorithm(algorithm.name, algorithm.version))?.content
    .imageDigest;
  if (registered === undefined || registered === imageDigest) return;
  throw new ContractError(
    'IMAGE_MISMATCH',
    `imageDigest: ${algorithm.name} ${algorithm.version} is registered as ${registered}`,
    { field: 'imageDigest' },
  );
}

/** What an attempt's key may do in its institution's name: its own attempt, from reservation to receipt. Never consent. */
export const ATTEMPT_ACTIONS: readonly string[] = ['flows.reserve', 'flows.touch', 'flows.fail', 'receipts.submit'];
/** The attempt's end is told and its receipt signed within this after the deadline, ms. */
const AFTERMATH_MS = 86_400_000;

/** The couriers show each other this delegation, so a false or a wider one must not get onto the ledger. */
function checkDelegation(
  context: ContractContext,
  { flowId, attempt, courierKey, delegation }: z.infer<typeof reserveArgs>,
  deadline: number,
): void {
  const { state, caller, networkId, height, blockTime } = context;
  const record = load<RegisteredDid>(state, keys.did(caller.institution));
  const key = record && keyAt(record, delegation.delegator.keyId, height, 'sign');
  const sound =
    delegation.network === networkId &&
    delegation.delegator.id === caller.institution &&
    delegation.delegate.publicKey === courierKey &&
    delegation.task === flowId &&
    delegation.attempt === String(attempt) &&
    delegation.actions.every((action) => ATTEMPT_ACTIONS.includes(action)) &&
    delegation.expires > blockTime &&
    delegation.expires <= deadline + AFTERMATH_MS;
  if (sound && key !== undefined && sm2Verify(delegationBytes(delegation), delegation.signature, key)) return;
  throw new ContractError(
    'PROOF_INVALID',
    `delegation: must be the institution's own, for courierKey, this network, flow and attempt, for ${ATTEMPT_ACTIONS.join(', ')} only, and end within a day of the flow's deadline`,
    { field: 'delegation' },
  );
}
