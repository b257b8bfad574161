import { flowSpans } from '../trace/flow-spans.ts';
import { required, type TaskRun } from '../task-run.ts';

/** Tells the tracer what the ledger shows to be over. Holds up nothing and changes nothing. */
export function traceFlow(run: TaskRun): void {
  const { services, told } = run.environment;
  const { tracer } = services;
  if (tracer?.enabled !== true) return;
  const { session } = required(run.view, 'view');
  const { record: flow, steps, receipts } = required(run.flow, 'flow');
  const spans = flowSpans({
    flow,
    steps,
    receipts,
    self: session.did,
    blockTime: (height) => session.ledger.blockTime(height),
    createdAt: Date.parse(run.task.metadata.creationTimestamp ?? '') || undefined,
  });
  for (const span of told.fresh(flow.flowId, spans, flow.finishedAt, run.ctx.clock.now())) tracer.add(span);
}
