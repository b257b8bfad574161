import { methods } from '@collabnet/contracts';
import { transactionDigest } from '@collabnet/envelope';
import { transactionTask, type SubmittedTransaction } from '@collabnet/ledger';
import { LEDGER_METRICS, submitSpan, type Metrics, type Tracer } from '@collabnet/telemetry';

/** Counts and times each transaction that the host is given, and puts it into the trace of the task it is about. */
export function observeTransactions(metrics: Metrics, tracer: Tracer): (seen: SubmittedTransaction) => void {
  const transactions = metrics.counter(LEDGER_METRICS.transactions);
  const times = metrics.histogram(LEDGER_METRICS.submitSeconds);
  return ({ payload, outcome, startedAt, endedAt, height }) => {
    const { contract, method } = payload;
    // Whoever can submit chooses the words; those that no contract has must not become labels.
    const known = methods.has(`${contract}.${method}`);
    transactions.inc({ contract: known ? contract : 'unknown', method: known ? method : 'unknown', outcome });
    times.observe((endedAt - startedAt) / 1000);
    const task = tracer.enabled && known ? transactionTask(payload) : undefined;
    if (task === undefined) return;
    const failure = outcome === 'Accepted' ? undefined : outcome;
    const digest = transactionDigest(payload);
    tracer.add({
      flowId: task.flowId,
      key: ['execute', digest],
      parent: submitSpan(digest),
      name: `execute ${contract}.${method}`,
      start: startedAt,
      end: endedAt,
      failure,
      attributes: {
        'collabnet.contract': contract,
        'collabnet.method': method,
        ...(failure === undefined ? {} : { 'collabnet.reason': failure }),
        ...(height === undefined ? {} : { 'collabnet.height': height }),
      },
    });
  };
}
