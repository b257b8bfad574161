import { OPERATOR_METRICS, type Gauge, type Metrics } from '@collabnet/telemetry';
import type { Ledger, VerifiedHead } from '@collabnet/ledger';

/** The verified replicas of this process, by the name of their CollabNetwork. */
export interface FollowedLedgers {
  all(): Iterable<{ readonly name: string; readonly ledger: Ledger }>;
}

/** Shows how fresh the view of each network's ledger is. Read when metrics are scraped. */
export function ledgerMetrics(metrics: Metrics, ledgers: FollowedLedgers, now: () => number = Date.now): void {
  const perHead = (of: (head: VerifiedHead) => number) => (gauge: Gauge<'network'>) => {
    gauge.reset();
    for (const { name: network, ledger } of ledgers.all()) {
      const head = headOrUndefined(() => ledger.head());
      if (head !== undefined) gauge.set({ network }, of(head));
    }
  };
  metrics.gauge(OPERATOR_METRICS.ledgerHeight, perHead(({ height }) => height));
  metrics.gauge(OPERATOR_METRICS.ledgerViewAge, perHead(({ verifiedAt }) => (now() - verifiedAt) / 1000));
  metrics.gauge(OPERATOR_METRICS.ledgerBlockAge, perHead(({ time }) => Math.max(0, now() - time) / 1000));
  metrics.gauge(OPERATOR_METRICS.ledgerUsable, (gauge) => {
    gauge.reset();
    for (const { name: network, ledger } of ledgers.all()) gauge.set({ network }, headOrUndefined(() => ledger.head()) === undefined ? 0 : 1);
  });
}

function headOrUndefined(head: () => VerifiedHead): VerifiedHead | undefined {
  try {
    return head();
  } catch {
    // Not read yet, or diverged: `ledger_usable` says so.
    return undefined;
  }
}
