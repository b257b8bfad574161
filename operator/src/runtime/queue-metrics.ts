import { RUNTIME_METRICS } from '@collabnet/telemetry';
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
    RUNTIME_METRICS.queueDepth,
    sample((value) => value.depth),
  );
  metrics.gauge(
    RUNTIME_METRICS.queueDelayed,
    sample((value) => value.delayed),
  );
  metrics.gauge(
    RUNTIME_METRICS.queueActive,
    sample((value) => value.active),
  );
  metrics.gauge(
    RUNTIME_METRICS.queueLongest,
    sample((value) => value.longestSeconds),
  );
  return {
    latency: metrics.histogram(RUNTIME_METRICS.queueLatency),
    work: metrics.histogram(RUNTIME_METRICS.queueWork),
    retries: metrics.counter(RUNTIME_METRICS.queueRetries),
    observe: (queue, read) => readers.set(queue, read),
  };
}
