import { RESULT_STORE_METRICS } from '@collabnet/telemetry';
import type { Counter, Logger, Metrics } from '@collabnet/telemetry';
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
  readonly requests: Counter<'action' | 'outcome'>;
  readonly received: Counter;
  readonly sent: Counter;
}

/**
 * @param used asked for the sealed bytes on the disk whenever metrics are read
 * @param quotaBytes what the store takes; absent: as much as the volume holds
 */
export function storeMetrics(metrics: Metrics, used: () => number, quotaBytes?: number): StoreMetrics {
  metrics.gauge(RESULT_STORE_METRICS.used, (gauge) => gauge.set(used()));
  if (quotaBytes !== undefined) metrics.gauge(RESULT_STORE_METRICS.quota).set(quotaBytes);
  return {
    requests: metrics.counter(RESULT_STORE_METRICS.requests),
    received: metrics.counter(RESULT_STORE_METRICS.received),
    sent: metrics.counter(RESULT_STORE_METRICS.sent),
  };
}
