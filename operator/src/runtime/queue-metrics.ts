import type { Counter, Gauge, Histogram, Metrics } from '@collabnet/telemetry';

interface QueueSample {
  readonly depth: number;
  readonly delayed: number;
  readonly active: number;
  readonly longestSeconds: number;
}

export interface QueueMetrics {
  readonly latency: Histogram<'queue'>;
  readonly work: Histogram<'queue'>;
  readonly retries: Counter<'queue'>;
  observe(queue: string, read: () => QueueSample): void;
}

const READERS = new WeakMap<object, Map<string, () => QueueSample>>();

/** Metrics shared by all queues of a process, told apart by the label `queue`. */
export function queueMetrics(metrics: Metrics): QueueMetrics {
  const readers = READERS.get(metrics.registry) ?? new Map<string, () => QueueSample>();
  READERS.set(metrics.registry, readers);
  const sample = (pick: (value: QueueSample) => number) => (gauge: Gauge<'queue'>) => {
    for (const [queue, read] of readers) gauge.set({ queue }, pick(read()));
  };
  metrics.gauge(
    'queue_depth',
    'Keys waiting for a worker',
    ['queue'],
    sample((value) => value.depth),
  );
  metrics.gauge(
    'queue_delayed',
    'Keys waiting for their time',
    ['queue'],
    sample((value) => value.delayed),
  );
  metrics.gauge(
    'queue_active',
    'Keys being worked on',
    ['queue'],
    sample((value) => value.active),
  );
  metrics.gauge(
    'queue_longest_running_seconds',
    'Age of the oldest running handler',
    ['queue'],
    sample((value) => value.longestSeconds),
  );
  return {
    latency: metrics.histogram('queue_latency_seconds', 'Time from being added to being started', ['queue']),
    work: metrics.histogram('queue_work_seconds', 'Time a handler took', ['queue']),
    retries: metrics.counter('queue_retries_total', 'Keys added again after a failure', ['queue']),
    observe: (queue, read) => readers.set(queue, read),
  };
}
