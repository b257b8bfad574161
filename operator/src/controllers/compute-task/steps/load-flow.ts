import type { FlowRecord, FlowStepView, ReceiptRecord } from '@collabnet/contracts';
import { flowStatus } from '../build/status.ts';
import { required, type TaskRun } from '../task-run.ts';

/** Reads the flow from the ledger, opens and checks its specification, and shows where it stands. */
export async function loadFlow(run: TaskRun): Promise<void> {
  const view = required(run.view, 'view');
  const flowId = required(run.flowId, 'flow id');
  const record = await view.read<FlowRecord>('flows', 'get', { flowId });
  const { items: steps } = await view.read<{ items: FlowStepView[] }>('flows', 'steps', { flowId });
  const sealed = await run.environment.specs.open(view, record);
  const receipts: ReceiptRecord[] = [];
  if (steps.some((step) => step.receipts.length > 0)) for await (const receipt of view.list<ReceiptRecord>('flows', 'receipts', { flowId })) receipts.push(receipt);
  run.flow = { record, steps, receipts, sealed };
  if (record.finishedAt !== undefined) run.environment.specs.forget(flowId);
  const { sharedCluster } = run.environment.services.config;
  const { status } = run.ctx;
  Object.assign(status, flowStatus({ flow: record, steps, receipts, sealed, self: view.session.did, sharedCluster, known: status.results, knownSteps: status.steps, blockTime: (height) => view.session.ledger.blockTime(height) }));
}
