import type { FlowRecord, FlowStepRecord } from '@collabnet/contracts';
import { flowStatus, type ReceiptView } from '../build/status.ts';
import { required, type TaskRun } from '../task-run.ts';

/** Reads the flow from the ledger, opens and checks its specification, and shows where it stands. */
export async function loadFlow(run: TaskRun): Promise<void> {
  const view = required(run.view, 'view');
  const flowId = required(run.flowId, 'flow id');
  const record = await view.read<FlowRecord>('flows', 'get', { flowId });
  const { items: steps } = await view.read<{ items: FlowStepRecord[] }>('flows', 'steps', { flowId });
  const sealed = await run.environment.specs.open(view, record);
  run.flow = { record, steps, sealed };
  if (record.finishedAt !== undefined) run.environment.specs.forget(flowId);
  const receipts: ReceiptView[] = [];
  if (steps.some((step) => step.receipts.length > 0)) for await (const receipt of view.list<ReceiptView>('flows', 'receipts', { flowId })) receipts.push(receipt);
  const { sharedCluster } = run.environment.services.config;
  const { status } = run.ctx;
  Object.assign(status, flowStatus({ flow: record, steps, receipts, sealed, self: view.session.did, sharedCluster, known: status.results }));
}
