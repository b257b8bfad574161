import { TASK_PHASES, type ComputeTask } from '@collabnet/crds';
import { OPERATOR_METRICS, type Counter, type Metrics } from '@collabnet/telemetry';
import type { Informer } from '../../runtime/index.ts';

/** Counts of tasks by phase, read when metrics are scraped. @returns the counter of failed attempts */
export function taskMetrics(metrics: Metrics, tasks: Informer<ComputeTask>): Counter<'reason'> {
  metrics.gauge(OPERATOR_METRICS.tasks, (gauge) => {
    const counts = new Map<string, number>(TASK_PHASES.map((phase) => [phase, 0]));
    for (const { status } of tasks.list()) {
      const phase = status?.phase ?? 'Initialized';
      counts.set(phase, (counts.get(phase) ?? 0) + 1);
    }
    for (const [phase, count] of counts) gauge.set({ phase }, count);
  });
  return metrics.counter(OPERATOR_METRICS.attemptsFailed);
}
