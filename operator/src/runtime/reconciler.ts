import { deepFreeze } from './freeze.ts';
import { addFinalizer, hasFinalizer, removeFinalizer } from './finalizers.ts';
import type { ConditionedStatus, Outcome } from './conditions.ts';
import { findCondition, summarise, withCondition } from './conditions.ts';
import { LeadershipLostError, StalledError, WaitError, describeError } from './errors.ts';
import type { Informer } from './informer.ts';
import { isKubeError, isNotFound } from './kube-error.ts';
import type { KubeObject, ResourceType, StatusOf } from './kube-types.ts';
import { FIELD_MANAGER, RECONCILE_ANNOTATION } from './names.ts';
import type { ControllerServices, ReconcileContext, Step } from './reconcile-context.ts';
import { patchStatus } from './status-patch.ts';

export interface ReconcilerOptions<T extends KubeObject> {
  readonly type: ResourceType;
  /** Says what is wrong with a spec, beyond what the CRD checks; then nothing runs and the object is `Stalled`, reason `InvalidSpec`. */
  readonly guard?: ((object: T) => readonly string[] | undefined) | undefined;
  readonly steps: readonly Step<T>[];
  /** What every log line about an object says beside its key. */
  readonly logFields?: ((object: T) => Record<string, unknown>) | undefined;
  /** Added and removed by steps. While it is set, deletion waits for {@link onDelete}. */
  readonly finalizer?: string | undefined;
  /** Run when the object is being deleted and has the finalizer, which is removed after the last of them. */
  readonly onDelete?: readonly Step<T>[] | undefined;
  readonly fieldManager?: string | undefined;
  /** A stalled object is looked at again after this long. Default 10 min. */
  readonly slowRecheckMs?: number | undefined;
}

export type ResultKind =
  'success' | 'waiting' | 'stalled' | 'error' | 'conflict' | 'suspended' | 'missing' | 'deleted' | 'cancelled';

export interface ReconcileResult {
  readonly kind: ResultKind;
  readonly reason: string;
  /** Set when the time is known; errors and conflicts are retried with back-off instead. */
  readonly requeueAfterMs?: number | undefined;
  readonly error?: unknown;
}

interface Run {
  readonly outcome: Outcome | undefined;
  readonly result: ReconcileResult;
}

/** The fixed order of every reconcile: load, deletion, pause, guard, steps, summary, one status patch, event. */
export class Reconciler<T extends KubeObject & { spec?: unknown; status?: unknown }> {
  readonly #options: ReconcilerOptions<T>;
  readonly #services: ControllerServices;
  readonly #informer: Informer<T>;

  constructor(options: ReconcilerOptions<T>, services: ControllerServices, informer: Informer<T>) {
    this.#options = options;
    this.#services = services;
    this.#informer = informer;
  }

  /** Never rejects: every failure becomes a result. */
  async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult> {
    try {
      const object = await this.#load(key, signal);
      if (!object) return { kind: 'missing', reason: 'Missing' };
      const context = new Context(key, object, signal, this.#options, this.#services, this.#informer);
      const run = await this.#run(context);
      if (run.outcome) await this.#write(context, run.outcome, run.result.kind);
      return run.result;
    } catch (error) {
      // Only reading the object and the status patch get here.
      if (isNotFound(error)) return { kind: 'missing', reason: 'Missing' };
      return classify(error, signal).result;
    }
  }

  /** The whole object: of one at rest the cache has only a part. */
  async #load(key: string, signal: AbortSignal): Promise<T | undefined> {
    const cached = this.#informer.get(key);
    if (!cached || !this.#informer.isAtRest(cached)) return cached;
    const { name, namespace } = cached.metadata;
    const found = await this.#services.client.find<T>(this.#options.type, name, { namespace, signal });
    return found && deepFreeze(found);
  }

  async #run(context: Context<T>): Promise<Run> {
    const { object } = context;
    try {
      if (object.metadata.deletionTimestamp) return await this.#delete(context);
      const pause = pauseMessage(object);
      if (pause)
        return { outcome: { kind: 'suspended', message: pause }, result: { kind: 'suspended', reason: 'Suspended' } };
      const problems = this.#options.guard?.(object) ?? [];
      if (problems.length > 0) throw new StalledError('InvalidSpec', problems.join('; '));
      const requeueAfterMs = await runSteps(this.#options.steps, context);
      if (requeueAfterMs === 'keep') return { outcome: undefined, result: { kind: 'success', reason: 'AtRest' } };
      const outcome: Outcome = { kind: 'ready', ...context.readyText };
      return { outcome, result: { kind: 'success', reason: outcome.reason ?? 'Succeeded', requeueAfterMs } };
    } catch (error) {
      return classify(error, context.signal, this.#options.slowRecheckMs ?? 600_000);
    }
  }

  async #delete(context: Context<T>): Promise<Run> {
    const { finalizer, onDelete } = this.#options;
    if (finalizer && hasFinalizer(context.object, finalizer)) {
      await runSteps(onDelete ?? [], context);
      await context.removeFinalizer();
    }
    return { outcome: undefined, result: { kind: 'deleted', reason: 'Deleted' } };
  }

  async #write(context: Context<T>, outcome: Outcome, kind: ResultKind): Promise<void> {
    const { object, status } = context;
    const conditioned = status as ConditionedStatus;
    const before = findCondition((object.status as ConditionedStatus | undefined)?.conditions, 'Ready');
    summarise(conditioned, object.metadata.generation, outcome, this.#services.clock.now());
    const written = await patchStatus(
      this.#services.client,
      this.#options.type,
      object,
      status,
      this.#options.fieldManager ?? FIELD_MANAGER,
    );
    if (written) this.#informer.observe(written);
    const after = findCondition(conditioned.conditions, 'Ready');
    if (!after || (before?.status === after.status && before.reason === after.reason)) return;
    const type = kind === 'stalled' || kind === 'error' ? 'Warning' : 'Normal';
    context.event({ type, reason: after.reason, message: after.message || after.reason });
  }
}

async function runSteps<T extends KubeObject>(
  steps: readonly Step<T>[],
  context: ReconcileContext<T>,
): Promise<number | 'keep' | undefined> {
  let requeueAfterMs: number | undefined;
  for (const step of steps) {
    context.signal.throwIfAborted();
    const result = await step(context).catch((error: unknown) => {
      throw sooner(error, requeueAfterMs);
    });
    if (result === 'keep') return 'keep';
    if (result === 'done') break;
    if (typeof result === 'object') requeueAfterMs = Math.min(requeueAfterMs ?? Infinity, result.requeueAfterMs);
  }
  return requeueAfterMs;
}

/** What an earlier step waits for, such as a deadline, does not wait for the later step that waits longer. */
function sooner(error: unknown, requeueAfterMs = Infinity): unknown {
  if (!(error instanceof WaitError) || error.requeueAfterMs <= requeueAfterMs) return error;
  return new WaitError(error.reason, error.message, requeueAfterMs, { cause: error.cause });
}

function classify(error: unknown, signal: AbortSignal, slowRecheckMs?: number): Run {
  if (error instanceof StalledError) {
    const { reason, message } = error;
    return {
      outcome: { kind: 'stalled', reason, message },
      result: { kind: 'stalled', reason, requeueAfterMs: slowRecheckMs, error },
    };
  }
  if (error instanceof WaitError) {
    const { reason, message, requeueAfterMs } = error;
    return { outcome: { kind: 'progressing', reason, message }, result: { kind: 'waiting', reason, requeueAfterMs } };
  }
  const timedOut = signal.aborted && signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
  if (error instanceof LeadershipLostError || (signal.aborted && !timedOut)) {
    return { outcome: undefined, result: { kind: 'cancelled', reason: 'Cancelled', error } };
  }
  // Someone was faster: the next event brings the new state. Not worth a status.
  if (isKubeError(error, 'KUBE_CONFLICT'))
    return { outcome: undefined, result: { kind: 'conflict', reason: 'Conflict', error } };
  const { reason, message } = timedOut
    ? { reason: 'Timeout', message: 'the reconcile took too long and is tried again' }
    : describeError(error);
  return { outcome: { kind: 'progressing', reason, message }, result: { kind: 'error', reason, error } };
}

function pauseMessage(object: KubeObject & { spec?: unknown }): string | undefined {
  if ((object.spec as { suspend?: unknown } | undefined)?.suspend === true) return 'paused by spec.suspend';
  if (object.metadata.annotations?.[RECONCILE_ANNOTATION] === 'disabled')
    return `paused by the annotation ${RECONCILE_ANNOTATION}: disabled`;
  return undefined;
}

class Context<T extends KubeObject & { status?: unknown }> implements ReconcileContext<T> {
  readonly key: string;
  readonly status: StatusOf<T>;
  readonly signal: AbortSignal;
  readonly client: ControllerServices['client'];
  readonly applier: ControllerServices['applier'];
  readonly events: ControllerServices['events'];
  readonly logger: ControllerServices['logger'];
  readonly clock: ControllerServices['clock'];
  readyText: { reason: string; message: string } | undefined;
  readonly #options: ReconcilerOptions<T>;
  readonly #informer: Informer<T>;
  #object: T;

  constructor(
    key: string,
    object: T,
    signal: AbortSignal,
    options: ReconcilerOptions<T>,
    services: ControllerServices,
    informer: Informer<T>,
  ) {
    this.key = key;
    this.#object = object;
    this.status = structuredClone(object.status ?? {}) as StatusOf<T>;
    this.signal = signal;
    this.client = services.client.within(signal);
    this.applier = services.applier.on(this.client);
    this.events = services.events;
    this.logger = services.logger.child({ key, ...options.logFields?.(object) });
    this.clock = services.clock;
    this.#options = options;
    this.#informer = informer;
  }

  get object(): T {
    return this.#object;
  }

  setCondition(condition: Parameters<ReconcileContext<T>['setCondition']>[0]): void {
    const status = this.status as ConditionedStatus;
    const input = { ...condition, observedGeneration: this.#object.metadata.generation };
    status.conditions = withCondition(status.conditions, input, this.clock.now());
  }

  ready(reason: string, message: string): void {
    this.readyText = { reason, message };
  }

  event(event: Parameters<ReconcileContext<T>['event']>[0]): void {
    this.events.record(this.#object, event);
  }

  async addFinalizer(): Promise<void> {
    const { finalizer, type } = this.#options;
    if (!finalizer) throw new TypeError(`the controller of ${type.kind} has no finalizer`);
    this.#take(await addFinalizer(this.client, type, this.#object, finalizer));
  }

  async removeFinalizer(): Promise<void> {
    const { finalizer, type } = this.#options;
    if (!finalizer) throw new TypeError(`the controller of ${type.kind} has no finalizer`);
    this.#take(await removeFinalizer(this.client, type, this.#object, finalizer));
  }

  #take(object: T | undefined): void {
    if (!object || object === this.#object) return;
    this.#informer.observe(object);
    this.#object = this.#informer.get(this.key) ?? object;
  }
}
