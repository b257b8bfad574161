import { counter, gauge } from './definition.ts';

/** Metrics of the result store. */
export const RESULT_STORE_METRICS = {
  requests: counter('requests_total', 'Requests by action (Put, Get) and outcome: Complete, or the code of the refusal.', ['action', 'outcome']),
  received: counter('received_bytes_total', 'Bytes of results stored.'),
  sent: counter('sent_bytes_total', 'Bytes of results fetched.'),
  used: gauge('used_bytes', 'Sealed bytes on the volume.'),
  quota: gauge('quota_bytes', 'Bytes that the store takes before it refuses with STORE_FULL.'),
} as const;
