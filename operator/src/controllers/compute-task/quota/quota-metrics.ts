import { QUOTA_NAMES, type CollabNetwork, type QuotaName } from '@collabnet/crds';
import { OPERATOR_METRICS, type Gauge, type Metrics } from '@collabnet/telemetry';
import { WaitError, type Informer } from '../../../runtime/index.ts';
import type { AttemptSlots } from '../attempt-slots.ts';
import type { LedgerView } from '../ledger-view.ts';
import type { FlowTally } from './flow-tally.ts';
import { limitsOf } from './limits.ts';
import { openFlows, secondsOfDay } from './usage.ts';

type Labels = 'network' | 'proposer' | 'quota';

export interface QuotaSources {
  readonly networks: Pick<Informer<CollabNetwork>, 'list'>;
  readonly tally: Pick<FlowTally, 'of'>;
  readonly slots: Pick<AttemptSlots, 'usedBy'>;
  readonly view: (network: string) => LedgerView | undefined;
}

/** Shows each limit and what of it is used, of every member that has one. Read when metrics are scraped. */
export function quotaMetrics(metrics: Metrics, sources: QuotaSources, now: () => number = Date.now): void {
  metrics.gauge(OPERATOR_METRICS.quotaLimit, (gauge) => {
    gauge.reset();
    for (const network of sources.networks.list()) for (const { labels, limit } of limitsIn(network, sources.view(network.metadata.name))) gauge.set(labels, limit);
  });
  metrics.gauge(OPERATOR_METRICS.quotaUsed, async (gauge) => {
    gauge.reset();
    for (const network of sources.networks.list()) await setUsed(gauge, network, sources, now());
  });
}

async function setUsed(gauge: Gauge<Labels>, network: CollabNetwork, { tally, slots, view }: QuotaSources, now: number): Promise<void> {
  const ledger = view(network.metadata.name);
  const limits = limitsIn(network, ledger);
  if (limits.length === 0 || ledger === undefined) return;
  try {
    const flows = await tally.of(ledger, now);
    const used: Record<QuotaName, (proposer: string) => number> = {
      runningAttempts: (proposer) => slots.usedBy(proposer, now),
      openTasks: (proposer) => openFlows(flows, proposer).length,
      computeSecondsPerDay: (proposer) => secondsOfDay(flows, proposer, now),
    };
    for (const { labels } of limits) gauge.set(labels, used[labels.quota](labels.proposer));
  } catch (error) {
    // The ledger cannot be read now: its own metrics say so, and the others are still to be read.
    if (!(error instanceof WaitError)) throw error;
  }
}

/** Of members and of those that are named: no more than the network and the spec have. */
function limitsIn({ metadata, spec, status }: CollabNetwork, ledger: LedgerView | undefined): { labels: { network: string; proposer: string; quota: QuotaName }; limit: number }[] {
  const { quotas } = spec;
  const self = ledger?.session.did;
  if (quotas === undefined || self === undefined) return [];
  const proposers = new Set([self, ...quotas.proposers.map(({ did }) => did), ...(status?.members ?? []).map(({ did }) => did)]);
  return [...proposers].flatMap((proposer) => {
    const limits = limitsOf(quotas, proposer, self);
    return QUOTA_NAMES.flatMap((quota) => {
      const limit = limits[quota];
      return limit === undefined ? [] : [{ labels: { network: metadata.name, proposer, quota }, limit }];
    });
  });
}
