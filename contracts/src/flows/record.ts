import type { ProposedInput, ProposedStep } from '@collabnet/flow';
import type { Delegation, SealedPart } from '@collabnet/envelope';
import type { ContractErrorCode } from '../core/contract-error.ts';
import type { FlowState, StepState } from './states.ts';

/** Why a consent does not cover an input yet. */
export interface MissingConsent {
  step: string;
  input: string;
  asset: string;
  code: ContractErrorCode;
  message: string;
}

/** An asset that a model was made of, and the step of the earlier flow that read it. */
export interface ModelSource {
  flow: string;
  step: string;
  input: ProposedInput;
}

/** Consent of one owner of inputs. */
export interface FlowApproval {
  state: 'Waiting' | 'Approved' | 'Refused';
  via?: 'Grant' | 'Person';
  /** `<step>/<input>`, or `<step>/<earlier step>.<input>` for an asset that comes through other steps, to the grant that covers it. */
  grants: { [input: string]: string };
  /** What is not covered; empty once approved. */
  missing: MissingConsent[];
  /** Person who decided, and why. */
  person?: string;
  reason?: string;
  height?: number;
}

/** `flow/<flowId>` */
export interface FlowRecord {
  schema: 'collabnet.dev/flow/v1';
  rules: string;
  flowId: string;
  runId: string;
  proposer: string;
  specDigest: string;
  purpose: string;
  trustModel: string;
  wireProfile: string;
  parties: string[];
  auditors: string[];
  /** In the order they run. Asset versions are filled in. */
  steps: ProposedStep[];
  /** By `<step>/<input>` that uses a model of an earlier flow: the assets that the model was made of. */
  models?: { [input: string]: ModelSource[] };
  /** ms; consent after it is refused. */
  approvalDeadline: number;
  /** ms; nothing runs after it. Shortened to `openedAt + timeoutMs` when the flow opens. */
  deadline: number;
  timeoutMs: number;
  maxAttempts: number;
  state: FlowState;
  /** Stable word for the end or the last failure: a contract error code or an engine's code. */
  reason?: string;
  message?: string;
  /** By DID of each owner of inputs. */
  approvals: { [did: string]: FlowApproval };
  /** By DID: height of the owner's confirmation. */
  confirmations: { [did: string]: number };
  /** Smallest set an output may be about: the largest of network, assets and grants. Set when the flow opens. */
  minimumSetSize?: number;
  /** The step that reserves or runs. */
  currentStep?: string;
  /** Digest of the proposing transaction. */
  transaction: string;
  proposedAt: number;
  proposedHeight: number;
  openedAt?: number;
  finishedAt?: number;
}

/** What a compute party committed to before a start. */
export interface Reservation {
  /** In the order of the step's inputs of this party. */
  inputCommitments: { input: string; commitment: string; rowsCommitment?: string }[];
  /** Public key of the attempt, uncompressed hex; it signs handshake and receipt. */
  courierKey: string;
  /** The institution's delegation to that key, as the couriers show it to each other. */
  delegation: Delegation;
  imageDigest?: string;
  /** Confinement level reached by the engine, such as `landlock+seccomp`. */
  isolation?: string;
  height: number;
}

/** `reservation/<flowId>/<step>/<did>` */
export interface ReservationRecord {
  schema: 'collabnet.dev/reservation/v1';
  rules: string;
  flowId: string;
  step: string;
  party: string;
  /** That this is for; it counts for no other one. */
  attempt: number;
  reservation: Reservation;
  /** The inputs of the party's first attempt, which every later one must repeat. */
  frozen: Reservation['inputCommitments'];
}

/** An attempt that came to nothing. */
export interface PastAttempt {
  attempt: number;
  reason: string;
  message: string;
  reporter: string;
  touched: boolean;
  /** Absent when it never ran. */
  startedAt?: number;
  at: number;
}

/** `flow-step/<flowId>/<step>` */
export interface FlowStepRecord {
  schema: 'collabnet.dev/flow-step/v1';
  rules: string;
  flowId: string;
  step: string;
  state: StepState;
  /** From 1; 0 before the flow opens. */
  attempt: number;
  /** ms; reservations of this attempt must be complete by then. */
  reserveDeadline?: number;
  /** Whether the first byte of this attempt was exchanged. */
  touched: boolean;
  startedAt?: number;
  finishedAt?: number;
  reason?: string;
  message?: string;
  /** Attempts that failed. */
  attempts: PastAttempt[];
  /** DIDs whose receipt is on the ledger. */
  receipts: string[];
}

/** Answer of the queries `flows.step` and `flows.steps`. */
export interface FlowStepView extends FlowStepRecord {
  /** By DID: who has reserved the attempt. */
  reservations: { [did: string]: Reservation };
}

/** Answer of the query `flows.lease`. */
export interface Lease {
  valid: boolean;
  /** ms; bounded by the flow's deadline. 0 when not valid. */
  until: number;
  reason?: ContractErrorCode | 'STATE';
  message?: string;
}

/** `flow-sealed/<flowId>`: specification and salt, for the parties and auditors. */
export interface SealedRecord {
  sealed: SealedPart;
  /** Nonce of the proposing transaction; part of the associated data that opens `sealed`. */
  nonce: string;
}
