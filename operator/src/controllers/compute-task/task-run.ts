import type { FlowRecord, FlowStepView, ReceiptRecord } from '@collabnet/contracts';
import type { CollabNetwork, ComputeTask, DataAsset } from '@collabnet/crds';
import type { FlowSpec, ProposedStep, SealedFlow } from '@collabnet/flow';
import type { CourierStatus } from '@collabnet/wire';
import type { Counter, Logger, Tracer } from '@collabnet/telemetry';
import { WaitError, type Informer, type KubeObject, type ReconcileContext, type StepResult } from '../../runtime/index.ts';
import type { OperatorConfig } from '../../institution/config.ts';
import type { InstitutionAuthority } from '../../institution/institution-authority.ts';
import type { LocalNats } from '../../institution/local-nats.ts';
import type { SecretStore } from '../../institution/secret-store.ts';
import type { SessionRegistry } from '../../institution/session-registry.ts';
import type { AttemptCleaner } from './attempt-cleaner.ts';
import type { AttemptSlots } from './attempt-slots.ts';
import type { AttemptId } from './build/names.ts';
import type { ComputePod } from './build/pod-fault.ts';
import type { FlowSpecs } from './flow-specs.ts';
import type { LedgerView } from './ledger-view.ts';
import type { FlowTally } from './quota/flow-tally.ts';
import type { Proposals } from './quota/proposals.ts';
import type { TaskSalts } from './task-salts.ts';
import type { ToldSpans } from './trace/told-spans.ts';

/** What the ComputeTask controller works with. */
export interface TaskServices {
  config: OperatorConfig;
  namespace: string;
  secrets: SecretStore;
  nats: Pick<LocalNats, 'url' | 'courierUser' | 'revokeCourier'>;
  authority: Pick<InstitutionAuthority, 'clientCertificate'>;
  sessions: SessionRegistry;
  logger: Logger;
  /** Absent: nothing is traced. */
  tracer?: Tracer;
}

/** Caches that the controller reads. `tasks`, `pods` and `secrets` come from {@link computeTaskInformers}. */
export interface TaskInformers {
  tasks: Informer<ComputeTask>;
  pods: Informer<ComputePod>;
  /** Metadata alone. */
  secrets: Informer<KubeObject>;
  networks: Informer<CollabNetwork>;
  assets: Informer<DataAsset>;
}

/** What lives as long as the controller. */
export interface TaskEnvironment {
  readonly services: TaskServices;
  readonly informers: TaskInformers;
  readonly specs: FlowSpecs;
  readonly salts: TaskSalts;
  readonly cleaner: AttemptCleaner;
  readonly slots: AttemptSlots;
  readonly tally: FlowTally;
  readonly proposals: Proposals;
  readonly told: ToldSpans;
  readonly attemptsFailed: Counter<'reason'>;
  /** View of the ledger of a CollabNetwork of this namespace; undefined while it is not ready. */
  readonly view: (network: string) => LedgerView | undefined;
}

/** The ledger's record of a flow with its opened specification. */
export interface LoadedFlow {
  readonly record: FlowRecord;
  readonly steps: readonly FlowStepView[];
  readonly receipts: readonly ReceiptRecord[];
  readonly sealed: SealedFlow;
}

/** The attempt that this institution has a part in now. */
export interface CurrentAttempt {
  readonly id: AttemptId;
  readonly record: FlowStepView;
  readonly terms: ProposedStep;
  pod?: ComputePod;
  courier?: CourierStatus;
}

/** One reconcile of one task: what earlier steps found out, for the later ones. */
export interface TaskRun {
  readonly ctx: ReconcileContext<ComputeTask>;
  readonly task: ComputeTask;
  readonly environment: TaskEnvironment;
  view?: LedgerView;
  flowId?: string;
  /** Only of an own task that is to be proposed. */
  spec?: FlowSpec;
  flow?: LoadedFlow;
  attempt?: CurrentAttempt;
}

export type TaskStep = (run: TaskRun) => StepResult | Promise<StepResult>;

/** What a step needs and an earlier one must have set; its absence is a fault in the order of steps. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`step order: ${what} is not known yet`);
  return value;
}

/** Ends a run after something was put on the ledger: the record is read anew at once. */
export function again(reason: string, message: string): WaitError {
  return new WaitError(reason, message, 0);
}

/** Ends a run in which somebody else was quicker: the record is read anew when the own view has it too. */
export function overtaken(reason: string, message: string): WaitError {
  return new WaitError(reason, message, 300);
}
