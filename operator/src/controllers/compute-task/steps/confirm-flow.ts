import { WaitError } from '../../../runtime/index.ts';
import { everybodyAgreed } from '../build/waiting-for.ts';
import { assertClock } from '../assert-clock.ts';
import { queuedMessage, QUEUE_LOOK_MS } from '../build/queued.ts';
import { checkEngines } from '../check-engine.ts';
import { isRefusal, OVERTAKEN } from '../ledger-view.ts';
import { ownSource } from '../own-source.ts';
import { assertMayOpen } from '../quota/assert-may-open.ts';
import { quotaExceeded } from '../quota/quota-exceeded.ts';
import { quotaOfRun, type ProposerQuota } from '../quota/quota-of-run.ts';
import { occupying } from '../quota/usage.ts';
import { again, required, type TaskRun } from '../task-run.ts';

/** Consents and confirmations arrive with blocks; these are for one that was missed, ms. Thousands of tasks may wait for people at a time. */
const CONSENT_LOOK_MS = 120_000;
const CONFIRMATION_LOOK_MS = 15_000;

/**
 * While consent is gathered: waits for persons, and when all have agreed confirms that this institution can serve its
 * part. The last confirmation opens the flow.
 */
export async function confirmFlow(run: TaskRun): Promise<void> {
  const view = required(run.view, 'view');
  const { record } = required(run.flow, 'flow');
  if (record.state !== 'AwaitingApproval') return;
  const self = view.session.did;
  const waitingFor = run.ctx.status.waitingFor ?? [];
  if (!everybodyAgreed(record)) throw new WaitError('AwaitingApproval', waitingFor.join('; ') || 'consent is missing', CONSENT_LOOK_MS);
  const owes = record.approvals[self] !== undefined && record.confirmations[self] === undefined;
  if (!owes) throw new WaitError('AwaitingConfirmation', waitingFor.join('; ') || 'waits for the other operators', CONFIRMATION_LOOK_MS);
  assertClock(run);
  await assertServable(run);
  const quota = await quotaOfRun(run);
  assertMayOpen(run, quota);
  assertRoom(run, quota);
  try {
    await view.flows('confirm', { flowId: record.flowId });
  } catch (error) {
    if (!isRefusal(error, 'APPROVAL_MISSING', ...OVERTAKEN)) throw error;
    throw new WaitError('AwaitingApproval', error.message, 2_000);
  }
  throw again('Confirmed', 'this institution has confirmed that it will serve the flow');
}

/** A flow that opens takes up the other parties' places as well, and its time to reserve runs: it opens when there is room. */
function assertRoom({ environment: { slots, services }, view, flow, ctx, task }: TaskRun, { proposer, limits, flows }: ProposerQuota): void {
  const self = required(view, 'view').session.did;
  const { record } = required(flow, 'flow');
  const computes = record.steps.some(({ computeParties }) => computeParties.includes(self));
  if (!computes) return;
  const limit = limits.runningAttempts;
  const others = occupying(flows, proposer);
  const answer = slots.hasRoom({ name: record.flowId, priority: task.spec.priority, proposer, quota: limit }, ctx.clock.now(), others);
  if (answer === 'QuotaExceeded') throw quotaExceeded({ quota: 'runningAttempts', proposer, used: others.size, limit: limit ?? 0, network: task.spec.networkRef.name });
  if (answer === 'Queued') throw new WaitError('Queued', queuedMessage(services.config.compute.maximumAttempts), QUEUE_LOOK_MS);
}

/** A promise that cannot be kept costs everybody an attempt: what can be known before is checked before. */
async function assertServable(run: TaskRun): Promise<void> {
  const { record } = required(run.flow, 'flow');
  const self = required(run.view, 'view').session.did;
  for (const step of record.steps) {
    for (const input of step.inputs) if (input.party === self && input.asset !== undefined) ownSource(run, input);
    if (step.computeParties.includes(self)) await checkEngines(run, step);
  }
}
