import { DATA_PROXY_METRICS } from '@collabnet/telemetry';
import type { Counter, Gauge, Histogram, Logger, Metrics, Tracer } from '@collabnet/telemetry';
import type { LiveConfig } from './config.ts';
import type { Disclosures } from './read/disclosures.ts';
import type { FlowGate } from './read/flow-gate.ts';
import type { Populations } from './read/populations.ts';
import type { ReadLog } from './read/read-log.ts';
import type { Connector } from './source/connector.ts';

/** Everything that the handlers of one proxy share. */
export interface ProxyContext {
  readonly config: LiveConfig;
  readonly connector: Connector;
  readonly gate: FlowGate;
  readonly log: ReadLog;
  readonly disclosures: Disclosures;
  readonly populations: Populations;
  readonly logger: Logger;
  readonly metrics: ProxyMetrics;
  /** Absent: nothing is traced. */
  readonly tracer?: Tracer;
  readonly now: () => number;
}

export interface ProxyMetrics {
  readonly reads: Counter<'outcome'>;
  readonly rows: Counter;
  readonly bytes: Counter;
  readonly open: Gauge;
  readonly seconds: Histogram;
  readonly handshakes: Counter;
}

export function proxyMetrics(metrics: Metrics): ProxyMetrics {
  return {
    reads: metrics.counter(DATA_PROXY_METRICS.reads),
    rows: metrics.counter(DATA_PROXY_METRICS.rows),
    bytes: metrics.counter(DATA_PROXY_METRICS.bytes),
    open: metrics.gauge(DATA_PROXY_METRICS.open),
    seconds: metrics.histogram(DATA_PROXY_METRICS.seconds),
    handshakes: metrics.counter(DATA_PROXY_METRICS.handshakes),
  };
}
