import { SNAPSHOT_METRICS, type Metrics } from '@collabnet/telemetry';
import type { KeeperView } from './keeper.ts';

/**
 * Shows what the keeper found at its last look. Only for one that has looked: numbers from before would say that there are no
 * snapshots, and the operator would have another one taken.
 */
export function showView(metrics: Metrics, view: () => KeeperView): void {
  const show = (metric: Exclude<keyof typeof SNAPSHOT_METRICS, 'failedLooks'>, value: (view: KeeperView) => number): void => {
    metrics.gauge(SNAPSHOT_METRICS[metric], (gauge) => gauge.set(value(view())));
  };
  show('complete', ({ intact }) => intact.length);
  show('damaged', ({ damaged }) => damaged.length);
  show('lastBlock', ({ intact }) => intact.at(-1)?.block ?? -1);
  show('lastTime', ({ intact }) => (intact.at(-1)?.time ?? 0) / 1000);
  show('lastBytes', ({ intact }) => intact.at(-1)?.bytes ?? 0);
  show('volumeBytes', ({ volume }) => volume.size);
  show('volumeAvailable', ({ volume }) => volume.available);
}
