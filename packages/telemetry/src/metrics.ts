import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export type { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Creates metrics under one prefix in one registry; asking twice for a name returns the same metric. */
export interface Metrics {
  readonly registry: Registry;
  /** Name must end in `_total`. */
  counter<L extends string = string>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string = string>(
    name: string,
    help: string,
    labels?: readonly L[],
    collect?: (gauge: Gauge<L>) => void,
  ): Gauge<L>;
  /** Default buckets run from 5 ms to 10 min in seconds. */
  histogram<L extends string = string>(
    name: string,
    help: string,
    labels?: readonly L[],
    buckets?: readonly number[],
  ): Histogram<L>;
}

const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/**
 * Opens a metrics helper. Names come out as `<prefix>_<name>`, units in the name (`_seconds`, `_bytes`).
 *
 * @param prefix for example `collabnet_operator`
 * @param options.processMetrics also collect CPU, memory and event-loop figures of the process
 */
export function createMetrics(
  prefix: string,
  options: { registry?: Registry; processMetrics?: boolean } = {},
): Metrics {
  const registry = options.registry ?? new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  const once = <M>(name: string, create: (full: string) => M): M => {
    const full = `${prefix}_${name}`;
    return (registry.getSingleMetric(full) as M | undefined) ?? create(full);
  };
  return {
    registry,
    counter: (name, help, labels = []) => {
      if (!name.endsWith('_total')) throw new TypeError(`counter ${name}: the name must end in _total`);
      return once(name, (full) => new Counter({ name: full, help, labelNames: [...labels], registers: [registry] }));
    },
    gauge: <L extends string>(
      name: string,
      help: string,
      labels: readonly L[] = [],
      collect?: (gauge: Gauge<L>) => void,
    ) =>
      once(
        name,
        (full) =>
          new Gauge<L>({
            name: full,
            help,
            labelNames: [...labels],
            registers: [registry],
            ...(collect && {
              collect(this: Gauge<L>) {
                collect(this);
              },
            }),
          }),
      ),
    histogram: (name, help, labels = [], buckets = DEFAULT_BUCKETS) =>
      once(
        name,
        (full) =>
          new Histogram({ name: full, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] }),
      ),
  };
}
