import type { ComputeTaskStatus } from '@collabnet/crds';
import type { FlowRecord, FlowStepRecord } from '@collabnet/contracts';
import type { SealedFlow } from '@collabnet/flow';
import { attemptName } from './names.ts';
import { aliases, waitingForConsent } from './waiting-for.ts';

/** A receipt as `flows.receipts` lists it. */
export interface ReceiptView {
  step: string;
  party: string;
  digest: string;
  receipt: { outputCommitment?: string };
}

export interface StatusInput {
  readonly flow: FlowRecord;
  readonly steps: readonly FlowStepRecord[];
  readonly receipts: readonly ReceiptView[];
  readonly sealed: SealedFlow;
  /** DID of this institution. */
  readonly self: string;
  readonly sharedCluster: boolean;
  /** Results in the status so far: rows and bytes are told by the courier once, and are not on the ledger. */
  readonly known: ComputeTaskStatus['results'];
}

/** The status that the ledger's record of a flow gives; conditions and what the courier told come from elsewhere. */
export function flowStatus(input: StatusInput): Omit<ComputeTaskStatus, 'conditions' | 'observedGeneration'> {
  const { flow, steps, sealed, self } = input;
  const alias = aliases(sealed.spec);
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
    })),
    waitingFor: flow.state === 'AwaitingApproval' ? waitingForConsent(flow, sealed, self) : [],
    approvalDeadline: time(flow.approvalDeadline),
    deadline: time(flow.deadline),
    steps: steps.map((step) => stepStatus(step, flow, self)),
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

function stepStatus(step: FlowStepRecord, flow: FlowRecord, self: string): NonNullable<ComputeTaskStatus['steps']>[number] {
  const terms = flow.steps.find(({ name }) => name === step.step);
  const reserved = terms !== undefined && terms.computeParties.every((did) => step.reservations[did] !== undefined);
  const current = flow.currentStep === step.step && flow.finishedAt === undefined && terms?.computeParties.includes(self) === true;
  const phases = { Waiting: 'Pending', Reserving: reserved ? 'Reserved' : 'Pending', Running: 'Running', Succeeded: 'Succeeded', Failed: 'Failed', Cancelled: 'Cancelled' };
  return {
    name: step.step,
    phase: phases[step.state],
    attempt: step.attempt === 0 ? undefined : step.attempt,
    pod: current ? attemptName({ flowId: step.flowId, step: step.step, attempt: step.attempt }) : undefined,
    startedAt: time(step.startedAt),
    finishedAt: time(step.finishedAt),
    reason: step.reason,
    message: step.message,
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
  const used = sealed.spec.steps.map(({ parameters }) => {
    if (parameters['protocol'] !== 'ECDH') return 'SPU 0.9.5: RR22 (vector OLE), international algorithms';
    return `SPU 0.9.5: ECDH over ${String(parameters['curve'] ?? '25519') === '25519' ? 'Curve25519, international algorithms' : `curve ${String(parameters['curve'])}`}`;
  });
  return [...new Set(used)].join('; ');
}

function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
