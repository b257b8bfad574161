import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { CounterDefinition, GaugeDefinition, HistogramDefinition, MetricDefinition } from './catalogue/definition.ts';

export type { Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * Makes metrics of the catalogue under one prefix in one registry; asking twice for one returns the same metric. Only
 * what is in the catalogue can be made, so that `docs/metrics.md` is complete.
 */
export interface Metrics {
  readonly registry: Registry;
  /** @param collect called when metrics are read; it may set the value of a total that is kept elsewhere */
  counter<L extends string>(definition: CounterDefinition<L>, collect?: (counter: Counter<L>) => void): Counter<L>;
  /** @param collect called when metrics are read, and waited for; if it rejects, no metrics are given */
  gauge<L extends string>(definition: GaugeDefinition<L>, collect?: (gauge: Gauge<L>) => void | Promise<void>): Gauge<L>;
  histogram<L extends string>(definition: HistogramDefinition<L>): Histogram<L>;
}

/**
 * Opens a metrics helper. Names come out as `<prefix>_<name>`.
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
  const common = <L extends string>({ help, labels }: MetricDefinition<L>, name: string) => ({ name, help, labelNames: [...labels], registers: [registry] });
  return {
    registry,
    counter: <L extends string>(definition: CounterDefinition<L>, collect?: (counter: Counter<L>) => void) =>
      once(
        definition.name,
        (full) =>
          new Counter<L>({
            ...common(definition, full),
            ...(collect && {
              collect(this: Counter<L>) {
                collect(this);
              },
            }),
          }),
      ),
    gauge: <L extends string>(definition: GaugeDefinition<L>, collect?: (gauge: Gauge<L>) => void | Promise<void>) =>
      once(
        definition.name,
        (full) =>
          new Gauge<L>({
            ...common(definition, full),
            ...(collect && {
              collect(this: Gauge<L>) {
                return collect(this);
              },
            }),
          }),
      ),
    histogram: <L extends string>(definition: HistogramDefinition<L>) =>
      once(
        definition.name,
        (full) => new Histogram<L>({ ...common(definition, full), buckets: [...definition.buckets] }),
      ),
  };
}
