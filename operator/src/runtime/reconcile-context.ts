import type { Logger } from '@collabnet/telemetry';
import type { Applier } from './apply.ts';
import type { Clock } from './clock.ts';
import type { ConditionInput } from './conditions.ts';
import type { EventInput, EventRecorder } from './events.ts';
import type { KubeClient } from './kube-client.ts';
import type { KubeObject, StatusOf } from './kube-types.ts';

/** What the runtime hands to every controller. */
export interface ControllerServices {
  /** Fenced: its writes fail once leadership is lost. */
  readonly client: KubeClient;
  readonly applier: Applier;
  readonly events: EventRecorder;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** One reconcile of one object. */
export interface ReconcileContext<T extends KubeObject> extends ControllerServices {
  /** `namespace/name`. */
  readonly key: string;
  /** Frozen; follows the finalizer calls below. */
  readonly object: T;
  /** A private copy to be changed freely; written once, after the last step. `conditions` of our three types are set by the runtime. */
  readonly status: StatusOf<T>;
  /** Aborts at shutdown, at loss of leadership and when the reconcile takes too long. Hand it to everything that waits. */
  readonly signal: AbortSignal;
  /** Sets a further condition (not Ready, Reconciling or Stalled). */
  setCondition(condition: Omit<ConditionInput, 'observedGeneration'>): void;
  /** Reason and message of `Ready=True`, should this run succeed. Default `Succeeded`. */
  ready(reason: string, message: string): void;
  /** Records an event about the object: for significant operations only, never for no-ops. */
  event(event: EventInput): void;
  /** Adds the controller's finalizer now. */
  addFinalizer(): Promise<void>;
  /** Removes the controller's finalizer now. */
  removeFinalizer(): Promise<void>;
}

/**
 * What a step came to. Nothing: go on. `done`: succeed now, without the remaining steps. `keep`: stop, and leave the
 * status as it is.
 * `requeueAfterMs`: go on, and look again after that time (of several the shortest counts).
 * To stop and look again later, throw a WaitError.
 */
export type StepResult = void | 'done' | 'keep' | { readonly requeueAfterMs: number };

/** One part of a reconcile; idempotent. Changes `ctx.status` and child objects, never the object's status in the API. */
export type Step<T extends KubeObject> = (context: ReconcileContext<T>) => Promise<StepResult>;
