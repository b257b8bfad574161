import type { FlowRecord, FlowStepView } from '@collabnet/contracts';

/** A stretch of time in which an attempt ran, ms; without end it still runs. */
export interface Run {
  readonly from: number;
  readonly until?: number;
}

/** What quotas count of a flow. */
export interface TalliedFlow {
  readonly flowId: string;
  readonly proposer: string;
  /** Height at which it was proposed: the older of two flows is the same one for every institution. */
  readonly height: number;
  readonly finishedAt?: number;
  /** Whether it has opened, and this institution has yet to compute for it. */
  readonly occupies: boolean;
  /** Attempts that this institution computed in, as the ledger timed them. */
  readonly runs: readonly Run[];
}

/**
 * Reduces a flow to what quotas count. Everything is the ledger's, so that every process comes to the same.
 *
 * @param steps of a flow that has opened; of another, none
 * @param self DID of this institution
 */
export function tallyOf(flow: FlowRecord, steps: readonly FlowStepView[], self: string): TalliedFlow {
  const { flowId, proposer, proposedHeight, finishedAt } = flow;
  const computes = (name: string): boolean => flow.steps.find((each) => each.name === name)?.computeParties.includes(self) === true;
  const own = steps.filter(({ step }) => computes(step));
  return {
    flowId,
    proposer,
    height: proposedHeight,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    occupies: flow.openedAt !== undefined && finishedAt === undefined && own.some(({ state }) => state !== 'Succeeded'),
    runs: own.flatMap(runsOf),
  };
}

function runsOf({ attempts, startedAt, finishedAt }: FlowStepView): Run[] {
  const past = attempts.flatMap(({ startedAt: from, at }) => (from === undefined ? [] : [{ from, until: at }]));
  // The last attempt of a step that failed is among those that failed, too.
  if (startedAt === undefined || past.some(({ from }) => from === startedAt)) return past;
  return [...past, finishedAt === undefined ? { from: startedAt } : { from: startedAt, until: finishedAt }];
}
