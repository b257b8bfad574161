/** What a metric is, apart from the process that has it. Names get the prefix of the component in front. */
export interface MetricDefinition<L extends string = string> {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  /** Every label has few values: kinds, states, codes, methods, members of a network. Never a task, a person or a pod. */
  readonly labels: readonly L[];
  /** Upper bounds of a histogram, in the unit of the name. */
  readonly buckets?: readonly number[];
}

export interface CounterDefinition<L extends string = string> extends MetricDefinition<L> {
  readonly type: 'counter';
}
export interface GaugeDefinition<L extends string = string> extends MetricDefinition<L> {
  readonly type: 'gauge';
}
export interface HistogramDefinition<L extends string = string> extends MetricDefinition<L> {
  readonly type: 'histogram';
  readonly buckets: readonly number[];
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

export function counter<const L extends string = never>(name: `${string}_total`, help: string, labels: readonly L[] = []): CounterDefinition<L> {
  return { type: 'counter', name, help, labels };
}

export function gauge<const L extends string = never>(name: string, help: string, labels: readonly L[] = []): GaugeDefinition<L> {
  return { type: 'gauge', name, help, labels };
}

/** Buckets run from 5 ms to 10 min. */
export function seconds<const L extends string = never>(name: `${string}_seconds`, help: string, labels: readonly L[] = []): HistogramDefinition<L> {
  return { type: 'histogram', name, help, labels, buckets: SECONDS };
}

/** The metrics of one component, under one prefix. */
export interface Component {
  readonly prefix: string;
  readonly title: string;
  /** Where they are served. */
  readonly served: string;
  readonly metrics: Readonly<Record<string, MetricDefinition>>;
}
