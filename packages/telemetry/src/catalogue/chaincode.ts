import { counter, gauge, seconds } from './definition.ts';

/** Metrics of the chaincode service beside a Fabric peer. */
export const CHAINCODE_METRICS = {
  calls: counter('calls_total', 'Proposals by function (found, submit, ping, unknown) and outcome: endorsed, failed, or the code of the refusal.', ['function', 'outcome']),
  callSeconds: seconds('call_seconds', 'Time from receiving a proposal to answering it, reading state from the peer included.'),
  waiting: gauge('waiting_calls', 'Proposals that wait for a worker.'),
} as const;
