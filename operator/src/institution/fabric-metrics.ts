import type { CollabNetwork } from '@collabnet/crds';
import { OPERATOR_METRICS, type Metrics } from '@collabnet/telemetry';

/** Shows when the first certificate of each network's Fabric nodes ends, as its status has it. Read when metrics are scraped. */
export function fabricMetrics(metrics: Metrics, networks: { list(): readonly CollabNetwork[] }): void {
  metrics.gauge(OPERATOR_METRICS.fabricCertificateExpiry, (gauge) => {
    gauge.reset();
    for (const { metadata, status } of networks.list()) {
      const ends = Date.parse(status?.fabric?.certificatesExpire ?? '');
      if (!Number.isNaN(ends)) gauge.set({ network: metadata.name }, ends / 1000);
    }
  });
}
