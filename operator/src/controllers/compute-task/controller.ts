import { taskFields } from '@collabnet/telemetry';
import { validateComputeTask, type ComputeTask } from '@collabnet/crds';
import type { LedgerEvent } from '@collabnet/ledger';
import { parseDuration } from '@collabnet/flow';
import { keyOf, watches, type Controller, type Manager, type ReconcileContext, type Step } from '../../runtime/index.ts';
import { guardBy } from '../guard.ts';
import { COMPUTE_TASK } from '../kinds.ts';
import { AttemptCleaner } from './attempt-cleaner.ts';
import { AttemptSlots } from './attempt-slots.ts';
import { FlowMirror } from './flow-mirror.ts';
import { FlowSpecs } from './flow-specs.ts';
import { FLOW_INDEX, UNFINISHED_INDEX } from './informers.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { LedgerView } from './ledger-view.ts';
import { OrphanFlows } from './orphan-flows.ts';
import { FlowTally } from './quota/flow-tally.ts';
import { Proposals } from './quota/proposals.ts';
import { quotaMetrics } from './quota/quota-metrics.ts';
import { askCourier } from './steps/ask-courier.ts';
import { chooseAttempt } from './steps/choose-attempt.ts';
import { confirmFlow } from './steps/confirm-flow.ts';
import { ensureAttempt } from './steps/ensure-attempt.ts';
import { expireFlow } from './steps/expire-flow.ts';
import { finishTask } from './steps/finish-task.ts';
import { followAttempt } from './steps/follow-attempt.ts';
import { identifyFlow } from './steps/identify-flow.ts';
import { loadFlow } from './steps/load-flow.ts';
import { openView } from './steps/open-view.ts';
import { proposeFlow } from './steps/propose-flow.ts';
import { reserveAttempt } from './steps/reserve-attempt.ts';
import { retireAttempts } from './steps/retire-attempts.ts';
import { startAttempt } from './steps/start-attempt.ts';
import { submitReceipt } from './steps/submit-receipt.ts';
import { traceFlow } from './steps/trace-flow.ts';
import { taskMetrics } from './task-metrics.ts';
import type { TaskEnvironment, TaskInformers, TaskRun, TaskServices, TaskStep } from './task-run.ts';
import { TaskSalts } from './task-salts.ts';
import { ToldSpans } from './trace/told-spans.ts';

/**
 * In this order a task comes to its end; each step finds what an earlier run, or another party, has already done. The
 * ledger's record decides what is due, so any run may be the first one after a crash.
 */
const STEPS: readonly TaskStep[] = [
  openView,
  identifyFlow,
  proposeFlow,
  loadFlow,
  traceFlow,
  retireAttempts,
  finishTask,
  expireFlow,
  confirmFlow,
  chooseAttempt,
  ensureAttempt,
  askCourier,
  reserveAttempt,
  startAttempt,
  followAttempt,
  submitReceipt,
];

const STALENESS_MS = 15_000;

/** Controller of ComputeTask: proposes own tasks, shows those of others, and runs this institution's part of both. */
export function computeTaskController(manager: Manager, informers: TaskInformers, services: TaskServices): Controller<ComputeTask> {
  const environment = makeEnvironment(manager, informers, services);
  const runs = new WeakMap<ReconcileContext<ComputeTask>, TaskRun>();
  const runOf = (ctx: ReconcileContext<ComputeTask>): TaskRun => {
    const run = runs.get(ctx) ?? { ctx, task: ctx.object, environment };
    runs.set(ctx, run);
    return run;
  };
  const step = (each: TaskStep): Step<ComputeTask> => async (ctx) => each(runOf(ctx));
  const controller = manager.controller<ComputeTask>({
    name: 'computetask',
    type: COMPUTE_TASK,
    informer: informers.tasks,
    guard: guardBy(validateComputeTask),
    steps: STEPS.map(step),
    logFields,
    owns: [informers.pods],
    // A DataAsset that appears may be what a confirmation waits for.
    watches: [watches(informers.assets, (asset) => unfinished(informers, asset.spec.networkRef.name))],
    workers: services.config.workers,
  });
  services.sessions.onChange((network, events) => dueTasks(informers, network, events).forEach(controller.enqueue));
  addRunnables(manager, environment);
  return controller;
}

/** A task's flow and trace, and the attempt that its status shows. */
function logFields({ status }: ComputeTask): Record<string, unknown> {
  if (status?.flowID === undefined) return {};
  const step = status.steps?.find(({ pod }) => pod !== undefined);
  return taskFields({ flowId: status.flowID, step: step?.name, attempt: step?.attempt });
}

function makeEnvironment(manager: Manager, informers: TaskInformers, services: TaskServices): TaskEnvironment {
  const view = (network: string): LedgerView | undefined => {
    const session = services.sessions.get(network);
    const maxStaleness = informers.networks.get(`${services.namespace}/${network}`)?.spec.maxStaleness;
    return session && new LedgerView(session, maxStaleness === undefined ? STALENESS_MS : parseDuration(maxStaleness, 'spec.maxStaleness'));
  };
  const cleaner = new AttemptCleaner({ client: manager.client, nats: services.nats, pods: informers.pods, secrets: informers.secrets, logger: services.logger, view });
  const slots = new AttemptSlots(services.config.compute.maximumAttempts, informers.pods);
  const tally = new FlowTally(services.sessions);
  quotaMetrics(manager.metrics, { networks: informers.networks, tally, slots, view });
  return { services, informers, specs: new FlowSpecs(), salts: new TaskSalts(services.secrets), cleaner, slots, tally, proposals: new Proposals(), told: new ToldSpans(), attemptsFailed: taskMetrics(manager.metrics, informers.tasks), view };
}

function addRunnables(manager: Manager, { services, informers, specs, cleaner, view }: TaskEnvironment): void {
  const { logger, namespace, sessions } = services;
  const { tasks, pods, networks } = informers;
  const mirror = new FlowMirror({ client: manager.client, applier: manager.applier, tasks, networks, sessions, specs, view, namespace, logger });
  const orphans = new OrphanFlows({ tasks, sessions, view, logger });
  const leases = new LeaseKeeper({ pods, view, logger });
  manager.add({ name: 'flow-mirror', run: (signal) => mirror.run(signal) });
  manager.add({ name: 'orphan-flows', run: (signal) => orphans.run(signal) });
  manager.add({ name: 'lease-keeper', run: (signal) => leases.run(signal) });
  manager.add({ name: 'attempt-cleaner', run: (signal) => cleaner.run(signal) });
}

/** Tasks that a block may concern: those of the flows it names; all unfinished ones for anything else that bears on consent. */
function dueTasks(informers: TaskInformers, network: string, events: readonly LedgerEvent[]): string[] {
  if (events.length === 0 || events.some(({ type }) => !type.startsWith('flow.'))) return unfinished(informers, network);
  const flows = new Set(events.map(({ subject }) => subject));
  return [...flows].flatMap((flow) => informers.tasks.byIndex(FLOW_INDEX, flow)).map(keyOf);
}

function unfinished(informers: TaskInformers, network: string): string[] {
  return informers.tasks.byIndex(UNFINISHED_INDEX, network).map(keyOf);
}
