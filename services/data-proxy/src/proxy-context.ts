import type { Logger, Metrics } from '@collabnet/telemetry';
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
  readonly now: () => number;
}

/** Counters name no asset and no partner: they leave the institution's control more easily than the records do. */
export interface ProxyMetrics {
  readonly reads: ReturnType<Metrics['counter']>;
  readonly rows: ReturnType<Metrics['counter']>;
  readonly bytes: ReturnType<Metrics['counter']>;
  readonly open: ReturnType<Metrics['gauge']>;
  readonly seconds: ReturnType<Metrics['histogram']>;
  readonly handshakes: ReturnType<Metrics['counter']>;
}

export function proxyMetrics(metrics: Metrics): ProxyMetrics {
  return {
    reads: metrics.counter('reads_total', 'Reads by how they ended', ['outcome']),
    rows: metrics.counter('rows_total', 'Rows sent'),
    bytes: metrics.counter('bytes_total', 'Bytes sent'),
    open: metrics.gauge('open_reads', 'Reads that are streaming'),
    seconds: metrics.histogram('read_seconds', 'Duration of reads that streamed'),
    handshakes: metrics.counter('refused_handshakes_total', 'TLS handshakes refused'),
  };
}
