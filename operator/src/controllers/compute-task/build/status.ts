import type { ComputeTaskStatus } from '@collabnet/crds';
import type { FlowRecord, FlowStepView } from '@collabnet/contracts';
import { OPERATOR_CATALOGUE, type SealedFlow } from '@collabnet/flow';
import { traceIdOf } from '@collabnet/telemetry';
import { attemptName } from './names.ts';
import { aliases, waitingForConsent } from './waiting-for.ts';

/** A receipt as `flows.receipts` lists it. */
export interface ReceiptView {
  step: string;
  party: string;
  digest: string;
  receipt: { outputCommitment?: string };
  /** Time of its block, ms. */
  at?: number;
}

export interface StatusInput {
  readonly flow: FlowRecord;
  readonly steps: readonly FlowStepView[];
  readonly receipts: readonly ReceiptView[];
  readonly sealed: SealedFlow;
  /** DID of this institution. */
  readonly self: string;
  readonly sharedCluster: boolean;
  /** Results in the status so far: rows and bytes are told by the courier once, and are not on the ledger. */
  readonly known: ComputeTaskStatus['results'];
  /** Steps in the status so far, for what the own courier told. */
  readonly knownSteps?: ComputeTaskStatus['steps'];
  /** Time of a block, ms. */
  readonly blockTime?: (height: number) => number | undefined;
}

/** The status that the ledger's record of a flow gives; conditions and what the courier told come from elsewhere. */
export function flowStatus(input: StatusInput): Omit<ComputeTaskStatus, 'conditions' | 'observedGeneration'> {
  const { flow, steps, sealed, self } = input;
  const alias = aliases(sealed.spec);
  const at = (height: number | undefined): string | undefined => time(height === undefined ? undefined : input.blockTime?.(height));
  const started = steps.flatMap(({ startedAt }) => startedAt ?? []);
  const status = {
    flowID: flow.flowId,
    phase: flow.state,
    proposer: flow.proposer,
    role: flow.proposer === self ? 'Proposer' : flow.parties.includes(self) ? 'Party' : 'Auditor',
    specDigest: flow.specDigest,
    approvals: Object.entries(flow.approvals).map(([did, approval]) => ({
      party: alias(did),
      did,
      state: approval.state,
      via: approval.via,
      grantID: Object.values(approval.grants)[0],
      reason: approval.reason,
      decidedAt: approval.state === 'Waiting' ? undefined : at(approval.height),
      confirmedAt: at(flow.confirmations[did]),
    })),
    waitingFor: flow.state === 'AwaitingApproval' ? waitingForConsent(flow, sealed, self) : [],
    traceID: traceIdOf(flow.flowId),
    proposedAt: time(flow.proposedAt),
    approvalDeadline: time(flow.approvalDeadline),
    deadline: time(flow.deadline),
    steps: steps.map((step) => stepStatus(step, input, at)),
    results: results(input),
    receipts: input.receipts.map(({ step, party, digest }) => ({ step, party: alias(party), digest })),
    startedAt: started.length === 0 ? undefined : time(Math.min(...started)),
    finishedAt: time(flow.finishedAt),
    sharedCluster: input.sharedCluster,
    wireProfile: flow.wireProfile,
    enginePrimitives: primitives(sealed),
    isolation: steps.map((step) => step.reservations[self]?.isolation).findLast((each) => each !== undefined),
  };
  // Server-side apply knows no undefined members, and neither does the comparison that spares a write.
  return JSON.parse(JSON.stringify(status)) as ReturnType<typeof flowStatus>;
}

function stepStatus(step: FlowStepView, { flow, sealed, self, receipts, knownSteps }: StatusInput, at: (height: number | undefined) => string | undefined): NonNullable<ComputeTaskStatus['steps']>[number] {
  const alias = aliases(sealed.spec);
  const terms = flow.steps.find(({ name }) => name === step.step);
  const reserved = terms !== undefined && terms.computeParties.every((did) => step.reservations[did] !== undefined);
  const current = flow.currentStep === step.step && flow.finishedAt === undefined && terms?.computeParties.includes(self) === true;
  const phases = { Waiting: 'Pending', Reserving: reserved ? 'Reserved' : 'Pending', Running: 'Running', Succeeded: 'Succeeded', Failed: 'Failed', Cancelled: 'Cancelled' };
  const told = current ? knownSteps?.find(({ name, attempt }) => name === step.step && attempt === step.attempt) : undefined;
  return {
    name: step.step,
    phase: phases[step.state],
    attempt: step.attempt === 0 ? undefined : step.attempt,
    pod: current ? attemptName({ flowId: step.flowId, step: step.step, attempt: step.attempt }) : undefined,
    startedAt: time(step.startedAt),
    finishedAt: time(step.finishedAt),
    reason: step.reason,
    message: step.message,
    reserveDeadline: step.state === 'Reserving' ? time(step.reserveDeadline) : undefined,
    parties:
      step.attempt === 0
        ? undefined
        : terms?.computeParties.map((did) => ({
            party: alias(did),
            reservedAt: at(step.reservations[did]?.height),
            receiptAt: time(receipts.find((each) => each.step === step.step && each.party === did)?.at),
          })),
    courier: told?.courier,
    progress: told?.progress,
    attempts: step.attempts.length === 0 ? undefined : step.attempts.map((past) => ({ attempt: past.attempt, reason: past.reason, message: past.message, reporter: alias(past.reporter), startedAt: time(past.startedAt), endedAt: time(past.at) ?? '' })),
  };
}

function results({ sealed, steps, receipts, self, known }: StatusInput): ComputeTaskStatus['results'] {
  const own = sealed.spec.parties.find(({ did }) => did === self)?.name;
  return sealed.spec.steps.flatMap((step) => {
    const state = steps.find((each) => each.step === step.name)?.state;
    // Delivered already, although the step waits for the receipts of others.
    if (state === 'Running') return known?.filter((each) => each.step === step.name) ?? [];
    if (state !== 'Succeeded') return [];
    const receipt = receipts.find((each) => each.step === step.name && each.party === self);
    return step.outputs
      .filter(({ receivers }) => own !== undefined && receivers.includes(own))
      .map(({ name }) => {
        const told = known?.find((each) => each.step === step.name && each.output === name);
        return { step: step.name, output: name, location: 'result-store', rows: told?.rows, bytes: told?.bytes, sha: receipt?.receipt.outputCommitment };
      });
  });
}

/** Said apart from the wire profile: a national wire does not make the engine's mathematics national (design §9). */
function primitives(sealed: SealedFlow): string {
  const used = sealed.spec.steps.map(({ operator, parameters, roles }) => {
    if (operator === 'Deliver') return 'none';
    if (operator === 'SqlQuery') return 'none: computed in the clear by the host';
    if (OPERATOR_CATALOGUE[operator].inputs.rows !== 'Keyed') {
      return roles.compute.length === 2 ? 'CHEETAH (lattices, vector OLE), international algorithms' : 'ABY3 (replicated secret sharing), international algorithms';
    }
    if (operator === 'PrivateQuery') {
      return parameters['curve'] === 'SM2' ? 'oblivious function over the curve of SM2, SM4' : 'oblivious function over Curve25519, AES, international algorithms';
    }
    if (operator === 'Union') {
      return parameters['curve'] === 'SM2' ? 'ECDH and oblivious transfer over the curve of SM2, SM4' : 'ECDH and oblivious transfer over Curve25519, AES, international algorithms';
    }
    if (parameters['protocol'] !== 'ECDH') return 'RR22 (vector OLE), international algorithms';
    return parameters['curve'] === 'SM2' ? 'ECDH over the curve of SM2' : 'ECDH over Curve25519, international algorithms';
  });
  return [...new Set(used)].join('; ');
}

function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
