import type { FlowRecord } from '@collabnet/contracts';
import type { JsonObject } from '@collabnet/envelope';
import { buildProposal } from '@collabnet/flow';
import { StalledError } from '../../../runtime/index.ts';
import { reasonOf } from '../../sessions.ts';
import { ledgerFaults } from '../ledger-faults.ts';
import { isRefusal } from '../ledger-view.ts';
import { proposedAs } from '../own-flow.ts';
import { quotaExceeded } from '../quota/quota-exceeded.ts';
import { quotaOfRun } from '../quota/quota-of-run.ts';
import { openFlows } from '../quota/usage.ts';
import { again, required, type TaskRun } from '../task-run.ts';

/** Proposes an own task unless the ledger has its flow, which is then adopted, also a finished one. */
export async function proposeFlow(run: TaskRun): Promise<void> {
  const { spec } = run;
  if (spec === undefined) return;
  const view = required(run.view, 'view');
  const flowId = required(run.flowId, 'flow id');
  if ((await view.find<FlowRecord>('flows', 'get', { flowId })) !== undefined) return;
  const faults = await ledgerFaults(view, spec);
  if (faults[0] !== undefined) {
    // What is missing on the ledger may come with a later block, which wakes this task.
    throw new StalledError(faults[0].reason, faults.map(({ field, message }) => `spec.${field}: ${message}`).join('; '));
  }
  await assertRoom(run, flowId);
  const { session } = view;
  const proposal = buildProposal({
    network: session.networkId,
    proposer: session.did,
    namespacedName: proposedAs(run.task),
    spec,
    salt: await run.environment.salts.ofFlow(flowId),
    now: run.ctx.clock.now(),
  });
  try {
    await view.submit({
      kind: 'Flow',
      contract: 'flows',
      method: 'propose',
      public: proposal.public,
      sealed: { content: proposal.sealed as unknown as JsonObject, recipients: [...spec.parties.map(({ did }) => did), ...spec.auditors] },
    });
  } catch (error) {
    if (isRefusal(error, 'ALREADY_EXISTS')) return;
    if (!isRefusal(error)) throw error;
    run.environment.proposals.refused(flowId);
    throw new StalledError(reasonOf(error.code), `the ledger refused the task: spec.${error.message}`, { cause: error });
  }
  run.environment.specs.keep(flowId, proposal.sealed);
  run.ctx.event({ type: 'Normal', reason: 'Proposed', message: `flow ${flowId} is on the ledger` });
  throw again('Proposed', 'the flow is on the ledger');
}

/** A task beyond the quota of open own ones is no other institution's concern yet. @throws WaitError QuotaExceeded */
async function assertRoom(run: TaskRun, flowId: string): Promise<void> {
  const { proposer, limits, flows } = await quotaOfRun(run);
  const { openTasks } = limits;
  if (openTasks === undefined) return;
  const open = new Set(openFlows(flows, proposer).map((flow) => flow.flowId));
  const { spec } = run.task;
  if (run.environment.proposals.mayPropose(flowId, spec.priority, open, openTasks, run.ctx.clock.now())) return;
  throw quotaExceeded({ quota: 'openTasks', proposer, used: open.size, limit: openTasks, network: spec.networkRef.name });
}
