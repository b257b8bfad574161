import type { TalliedFlow } from './tallied-flow.ts';

/** The rolling day, ms. */
export const DAY_MS = 86_400_000;

/** Flows of a proposer that have not ended, the oldest first; in this order they may be open. */
export function openFlows(flows: readonly TalliedFlow[], proposer: string): TalliedFlow[] {
  const open = flows.filter((flow) => flow.proposer === proposer && flow.finishedAt === undefined);
  return open.sort((a, b) => a.height - b.height || (a.flowId < b.flowId ? -1 : 1));
}

/** Flows of a proposer that have opened and that this institution still computes for. */
export function occupying(flows: readonly TalliedFlow[], proposer: string): ReadonlySet<string> {
  return new Set(flows.flatMap((flow) => (flow.proposer === proposer && flow.occupies ? [flow.flowId] : [])));
}

/** Seconds that attempts of a proposer's flows ran in the day before `now`, ms. */
export function secondsOfDay(flows: readonly TalliedFlow[], proposer: string, now: number): number {
  const runs = flows.flatMap((flow) => (flow.proposer === proposer ? flow.runs : []));
  const lengths = runs.map(({ from, until = now }) => Math.min(until, now) - Math.max(from, now - DAY_MS));
  return Math.round(lengths.reduce((sum, length) => sum + Math.max(0, length), 0) / 1000);
}
