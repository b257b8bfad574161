import { transactionDigest, type SignedTransaction } from '@collabnet/envelope';
import { LedgerError, transactionTask, type Ledger, type SubmitResult } from '@collabnet/ledger';
import { attemptSpan, OPERATOR_METRICS, submitSpan, TASK_SPAN, type Metrics, type Tracer } from '@collabnet/telemetry';

export interface SubmitObservers {
  /** Name of the CollabNetwork. */
  readonly network: string;
  /** DID of this institution. */
  readonly self: string;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
}

/** Makes every submit of this ledger counted, timed and, where it is about a task, a span of its trace. */
export function observeSubmits(ledger: Ledger, observers: SubmitObservers): void {
  const { network, metrics } = observers;
  const submits = metrics.counter(OPERATOR_METRICS.ledgerSubmits);
  const times = metrics.histogram(OPERATOR_METRICS.ledgerSubmitSeconds);
  const submit = ledger.submit.bind(ledger);
  ledger.submit = async (tx): Promise<SubmitResult> => {
    const { contract, method } = tx.payload;
    const [start, from] = [Date.now(), performance.now()];
    let outcome = 'Accepted';
    let height: number | undefined;
    try {
      const result = await submit(tx);
      ({ height } = result);
      return result;
    } catch (error) {
      outcome = error instanceof LedgerError ? error.code : 'INTERNAL';
      throw error;
    } finally {
      const took = performance.now() - from;
      submits.inc({ network, contract, method, outcome });
      times.observe({ network, contract, method }, took / 1000);
      trace(observers, tx, { start, end: start + took, outcome, height });
    }
  };
}

function trace({ tracer, self }: SubmitObservers, { payload }: SignedTransaction, seen: { start: number; end: number; outcome: string; height: number | undefined }): void {
  const task = tracer.enabled ? transactionTask(payload) : undefined;
  if (task === undefined) return;
  const { flowId, step, attempt } = task;
  const { start, end, outcome, height } = seen;
  const { contract, method } = payload;
  const failure = outcome === 'Accepted' ? undefined : outcome;
  tracer.add({
    flowId,
    key: submitSpan(transactionDigest(payload)),
    parent: step === undefined || attempt === undefined ? TASK_SPAN : attemptSpan({ party: self, step, attempt }),
    name: `submit ${contract}.${method}`,
    start,
    end,
    failure,
    attributes: {
      'collabnet.party': self,
      'collabnet.contract': contract,
      'collabnet.method': method,
      ...(failure === undefined ? {} : { 'collabnet.reason': failure }),
      ...(height === undefined ? {} : { 'collabnet.height': height }),
    },
  });
}
