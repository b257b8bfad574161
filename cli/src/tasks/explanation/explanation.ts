import { conditionOf, LABEL_MIRROR, type CollabNetwork, type ComputeTask } from '@collabnet/crds';
import { headline } from './headline.ts';
import type { PodState } from './pod-state.ts';
import { remedyOf } from './remedies.ts';

type Status = NonNullable<ComputeTask['status']>;

/** Where a task stands, for programs; `task explain` prints it for people. */
export interface Explanation {
  readonly task: string;
  readonly mirror: boolean;
  readonly phase: string;
  /** One sentence: what is going on, who is waited for, until when. */
  readonly now: string;
  readonly waitsFor: readonly string[];
  /** Why it does not go on, and what a person can do. */
  readonly trouble?: { readonly reason: string; readonly message: string; readonly stalled: boolean; readonly remedy?: string };
  readonly flowID?: string;
  /** What to look up in the receiver of spans. */
  readonly traceID?: string;
  readonly ledger?: { readonly height?: number; readonly state?: string; readonly viewAgeSeconds?: number; readonly blockAgeSeconds?: number };
  readonly consents: NonNullable<Status['approvals']>;
  readonly steps: readonly ExplainedStep[];
  readonly pod?: PodState;
  readonly receipts: NonNullable<Status['receipts']>;
  readonly results: NonNullable<Status['results']>;
}

export interface ExplainedStep {
  readonly name: string;
  readonly phase: string;
  /** `2 of 3`: the number of the attempt and how many there may be. */
  readonly attempt?: number;
  readonly maxAttempts: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly reserveDeadline?: string;
  readonly parties: NonNullable<NonNullable<Status['steps']>[number]['parties']>;
  readonly courier?: { readonly state: string; readonly since: string };
  readonly progress?: NonNullable<NonNullable<Status['steps']>[number]['progress']>;
  /** Attempts that failed, with what can be done about each. */
  readonly failed: readonly { readonly attempt: number; readonly reason: string; readonly message: string; readonly reporter: string; readonly ran: boolean; readonly endedAt: string; readonly remedy?: string }[];
}

/**
 * @param pod the own compute pod of the current attempt; absent when there is none to look at
 * @param now ms
 */
export function explanationOf(task: ComputeTask, network: CollabNetwork | undefined, pod: PodState | undefined, now: number): Explanation {
  const { metadata, status = {} } = task;
  return {
    task: metadata.name,
    mirror: metadata.labels?.[LABEL_MIRROR] === 'true',
    phase: status.phase ?? 'Initialized',
    now: headline(task, now),
    waitsFor: status.waitingFor ?? [],
    ...trouble(status),
    ...(status.flowID === undefined ? {} : { flowID: status.flowID }),
    ...(status.traceID === undefined ? {} : { traceID: status.traceID }),
    ...ledgerOf(network, now),
    consents: status.approvals ?? [],
    steps: (status.steps ?? []).map((step) => explainedStep(step, task.spec.maxAttempts)),
    ...(pod === undefined ? {} : { pod }),
    receipts: status.receipts ?? [],
    results: status.results ?? [],
  };
}

function explainedStep(step: NonNullable<Status['steps']>[number], maxAttempts: number): ExplainedStep {
  const { name, phase, attempt, startedAt, finishedAt, reserveDeadline, parties = [], courier, progress, attempts = [] } = step;
  return {
    name,
    phase,
    maxAttempts,
    ...(attempt === undefined ? {} : { attempt }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(reserveDeadline === undefined ? {} : { reserveDeadline }),
    parties,
    ...(courier === undefined ? {} : { courier }),
    ...(progress === undefined ? {} : { progress }),
    failed: attempts.map((past) => ({ attempt: past.attempt, reason: past.reason, message: past.message, reporter: past.reporter, ran: past.startedAt !== undefined, endedAt: past.endedAt, ...withRemedy(past.reason) })),
  };
}

function trouble(status: Partial<Status>): Pick<Explanation, 'trouble'> {
  const stalled = conditionOf(status, 'Stalled');
  const ready = conditionOf(status, 'Ready');
  const found = stalled?.status === 'True' ? stalled : ready?.status === 'True' ? undefined : ready;
  if (found === undefined) return {};
  const { reason, message = '' } = found;
  if (found === ready && message === (status.waitingFor ?? []).join('; ')) return {};
  // The ledger's own word for the failure is more precise than the condition's.
  const word = status.steps?.find((step) => step.phase === 'Failed')?.reason;
  return { trouble: { reason, message, stalled: found === stalled, ...withRemedy(word, reason) } };
}

function withRemedy(...reasons: (string | undefined)[]): { remedy?: string } {
  const remedy = reasons.map(remedyOf).find((each) => each !== undefined);
  return remedy === undefined ? {} : { remedy };
}

function ledgerOf(network: CollabNetwork | undefined, now: number): Pick<Explanation, 'ledger'> {
  const view = network?.status?.ledger;
  if (view === undefined) return {};
  const age = (time: string | undefined): number | undefined => (time === undefined ? undefined : Math.max(0, Math.round((now - Date.parse(time)) / 1000)));
  const { height, state } = view;
  return { ledger: JSON.parse(JSON.stringify({ height, state, viewAgeSeconds: age(view.verifiedAt), blockAgeSeconds: age(view.headTime) })) as NonNullable<Explanation['ledger']> };
}
