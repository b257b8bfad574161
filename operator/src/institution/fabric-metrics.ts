import type { CollabNetwork } from '@collabnet/crds';
import { OPERATOR_METRICS, type Metrics } from '@collabnet/telemetry';

/** Shows of each network on Fabric what its status has: its certificates, backups and peers. Read when metrics are scraped. */
export function fabricMetrics(metrics: Metrics, networks: { list(): readonly CollabNetwork[] }): void {
  metrics.gauge(OPERATOR_METRICS.fabricCertificateExpiry, (gauge) => {
    gauge.reset();
    for (const { metadata, status } of networks.list()) {
      const ends = Date.parse(status?.fabric?.certificatesExpire ?? '');
      if (!Number.isNaN(ends)) gauge.set({ network: metadata.name }, ends / 1000);
    }
  });
  metrics.gauge(OPERATOR_METRICS.fabricLivePeers, (gauge) => {
    gauge.reset();
    for (const { metadata, status } of networks.list()) if (status?.fabric?.livePeers !== undefined) gauge.set({ network: metadata.name }, status.fabric.livePeers);
  });
  for (const [metric, condition] of [[OPERATOR_METRICS.fabricSnapshotsFresh, 'SnapshotsFresh'], [OPERATOR_METRICS.fabricPeersSufficient, 'PeersSufficient']] as const) {
    metrics.gauge(metric, (gauge) => {
      gauge.reset();
      for (const { metadata, status } of networks.list()) {
        const known = status?.conditions?.find(({ type }) => type === condition)?.status;
        // Unknown: not asked for any more, or not known.
        if (known === 'True' || known === 'False') gauge.set({ network: metadata.name }, known === 'True' ? 1 : 0);
      }
    });
  }
}
