import { counter, gauge, seconds } from './definition.ts';

/** Metrics of a data proxy. They name no asset and no partner: they leave the institution's control more easily than its records do. */
export const DATA_PROXY_METRICS = {
  reads: counter('reads_total', 'Reads by how they ended: Complete, or the code of the refusal or cut.', ['outcome']),
  rows: counter('rows_total', 'Rows sent to couriers of this institution.'),
  bytes: counter('bytes_total', 'Bytes sent to couriers of this institution.'),
  open: gauge('open_reads', 'Reads that are streaming.'),
  seconds: seconds('read_seconds', 'Duration of reads that streamed.'),
  handshakes: counter('refused_handshakes_total', 'TLS handshakes refused.'),
} as const;
