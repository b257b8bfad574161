import type { Logger, Metrics } from '@collabnet/telemetry';
import type { AccessLog } from './access-log.ts';
import type { LiveConfig } from './config.ts';
import type { PersonGate } from './person-gate.ts';
import type { ResultFiles } from './result-files.ts';

/** Everything that the handlers of one store share. */
export interface StoreContext {
  readonly config: LiveConfig;
  readonly files: ResultFiles;
  readonly log: AccessLog;
  readonly gate: PersonGate;
  readonly logger: Logger;
  readonly metrics: StoreMetrics;
  readonly now: () => number;
}

export interface StoreMetrics {
  readonly requests: ReturnType<Metrics['counter']>;
  readonly received: ReturnType<Metrics['counter']>;
  readonly sent: ReturnType<Metrics['counter']>;
}

/** @param used asked for the sealed bytes on the disk whenever metrics are read */
export function storeMetrics(metrics: Metrics, used: () => number): StoreMetrics {
  metrics.gauge('used_bytes', 'Sealed bytes on the volume', [], (gauge) => gauge.set(used()));
  return {
    requests: metrics.counter('requests_total', 'Requests by action and outcome', ['action', 'outcome']),
    received: metrics.counter('received_bytes_total', 'Bytes of results stored'),
    sent: metrics.counter('sent_bytes_total', 'Bytes of results fetched'),
  };
}
