import { RUNTIME_METRICS } from '@collabnet/telemetry';
import type { Counter, Gauge, Metrics } from '@collabnet/telemetry';

export interface InformerMetrics {
  readonly reconnects: Counter<'kind'>;
  readonly relists: Counter<'kind'>;
  readonly errors: Counter<'kind' | 'code'>;
  readonly events: Counter<'kind' | 'type'>;
  /** Registers a gauge that is read when scraped. */
  observe(kind: string, read: () => { objects: number; ageSeconds: number; synced: boolean }): void;
}

/** Metrics shared by all informers of a process, told apart by the label `kind`. */
export function informerMetrics(metrics: Metrics): InformerMetrics {
  const readers = registryReaders(metrics);
  const sample =
    (pick: (value: { objects: number; ageSeconds: number; synced: boolean }) => number) => (gauge: Gauge<'kind'>) => {
      for (const [kind, read] of readers) gauge.set({ kind }, pick(read()));
    };
  metrics.gauge(
    RUNTIME_METRICS.informerObjects,
    sample((value) => value.objects),
  );
  metrics.gauge(
    RUNTIME_METRICS.informerIdle,
    sample((value) => value.ageSeconds),
  );
  metrics.gauge(
    RUNTIME_METRICS.informerSynced,
    sample((value) => (value.synced ? 1 : 0)),
  );
  return {
    reconnects: metrics.counter(RUNTIME_METRICS.informerReconnects),
    relists: metrics.counter(RUNTIME_METRICS.informerRelists),
    errors: metrics.counter(RUNTIME_METRICS.informerErrors),
    events: metrics.counter(RUNTIME_METRICS.informerEvents),
    observe: (kind, read) => readers.set(kind, read),
  };
}

type Readers = Map<string, () => { objects: number; ageSeconds: number; synced: boolean }>;
const READERS = new WeakMap<object, Readers>();

function registryReaders(metrics: Metrics): Readers {
  const known = READERS.get(metrics.registry);
  if (known) return known;
  const created: Readers = new Map();
  READERS.set(metrics.registry, created);
  return created;
}
