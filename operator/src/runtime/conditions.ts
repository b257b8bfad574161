import { rfc3339 } from './clock.ts';
import type { Condition } from './kube-types.ts';

/** What a reconcile came to. */
export type Outcome =
  | { readonly kind: 'ready'; readonly reason?: string | undefined; readonly message?: string | undefined }
  /** Waiting for something, or retrying after an unforeseen error. */
  | { readonly kind: 'progressing'; readonly reason: string; readonly message: string }
  /** A person must act. */
  | { readonly kind: 'stalled'; readonly reason: string; readonly message: string }
  | { readonly kind: 'suspended'; readonly message: string };

export interface ConditionedStatus {
  conditions?: Condition[] | undefined;
  observedGeneration?: number | undefined;
}

export type ConditionInput = Omit<Condition, 'lastTransitionTime'>;

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/**
 * A copy of the list with one condition set. `lastTransitionTime` moves only when `status` does.
 *
 * @param now wall time in ms
 */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  input: ConditionInput,
  now: number,
): Condition[] {
  const old = findCondition(conditions, input.type);
  const lastTransitionTime = old?.status === input.status ? old.lastTransitionTime : rfc3339(now);
  const next: Condition = { ...input, message: input.message.slice(0, 32_768), lastTransitionTime };
  if (!old) return [...(conditions ?? []), next];
  return (conditions ?? []).map((condition) => (condition.type === input.type ? next : condition));
}

export function withoutCondition(conditions: readonly Condition[] | undefined, type: string): Condition[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}

/**
 * Derives `Ready`, `Reconciling` and `Stalled` from an outcome, as kstatus reads them: `Ready` is always there,
 * the other two only while true, and all that are set give the same reason. Other conditions stay as they are.
 *
 * @param status changed in place
 * @param generation `metadata.generation` that was acted on
 * @param now wall time in ms
 */
export function summarise(
  status: ConditionedStatus,
  generation: number | undefined,
  outcome: Outcome,
  now: number,
): void {
  if (outcome.kind === 'suspended') {
    // What was true before the pause is still what is known: others that depend on Ready must not fall over.
    const ready = findCondition(status.conditions, 'Ready');
    const kept = {
      type: 'Ready',
      status: ready?.status ?? ('Unknown' as const),
      observedGeneration: ready?.observedGeneration,
    };
    const list = withCondition(status.conditions, { ...kept, reason: 'Suspended', message: outcome.message }, now);
    status.conditions = withoutCondition(list, 'Reconciling');
    return;
  }
  const text = {
    reason: outcome.reason ?? 'Succeeded',
    message: outcome.message ?? '',
    observedGeneration: generation,
  };
  let list = withCondition(
    status.conditions,
    { type: 'Ready', status: outcome.kind === 'ready' ? 'True' : 'False', ...text },
    now,
  );
  for (const [type, kind] of [
    ['Reconciling', 'progressing'],
    ['Stalled', 'stalled'],
  ] as const) {
    list =
      outcome.kind === kind
        ? withCondition(list, { type, status: 'True', ...text }, now)
        : withoutCondition(list, type);
  }
  status.conditions = list;
  status.observedGeneration = generation;
}
