import type { CollabNetwork } from '@collabnet/crds';
import { OPERATOR_METRICS, type Metrics } from '@collabnet/telemetry';

/** Shows of each network on Fabric what its status has: when its first certificate ends, and whether its backups are in order. Read when metrics are scraped. */
export function fabricMetrics(metrics: Metrics, networks: { list(): readonly CollabNetwork[] }): void {
  metrics.gauge(OPERATOR_METRICS.fabricCertificateExpiry, (gauge) => {
    gauge.reset();
    for (const { metadata, status } of networks.list()) {
      const ends = Date.parse(status?.fabric?.certificatesExpire ?? '');
      if (!Number.isNaN(ends)) gauge.set({ network: metadata.name }, ends / 1000);
    }
  });
  metrics.gauge(OPERATOR_METRICS.fabricSnapshotsFresh, (gauge) => {
    gauge.reset();
    for (const { metadata, status } of networks.list()) {
      const known = status?.conditions?.find(({ type }) => type === 'SnapshotsFresh')?.status;
      // Unknown: none are asked for any more.
      if (known === 'True' || known === 'False') gauge.set({ network: metadata.name }, known === 'True' ? 1 : 0);
    }
  });
}
