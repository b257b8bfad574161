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
    'informer_objects',
    'Objects held in the cache',
    ['kind'],
    sample((value) => value.objects),
  );
  metrics.gauge(
    'informer_last_activity_seconds',
    'Time since the API server last sent anything',
    ['kind'],
    sample((value) => value.ageSeconds),
  );
  metrics.gauge(
    'informer_synced',
    '1 once the first list is complete',
    ['kind'],
    sample((value) => (value.synced ? 1 : 0)),
  );
  return {
    reconnects: metrics.counter('informer_reconnects_total', 'Watch streams opened again', ['kind']),
    relists: metrics.counter('informer_relists_total', 'Complete lists after the first', ['kind']),
    errors: metrics.counter('informer_errors_total', 'Failed lists and watches', ['kind', 'code']),
    events: metrics.counter('informer_events_total', 'Changes seen', ['kind', 'type']),
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
