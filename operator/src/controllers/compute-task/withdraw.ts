import type { FlowRecord, FlowStepView } from '@collabnet/contracts';
import { taskFields } from '@collabnet/telemetry';
import type { Logger } from '@collabnet/telemetry';
import { CORE, isKubeError, type KubeClient } from '../../runtime/index.ts';
import type { NetworkSession } from '../../institution/network-session.ts';
import { isRefusal, LedgerView } from './ledger-view.ts';

/** Old enough for a goodbye: the view has been followed until a moment ago. */
const STALENESS_MS = 60_000;
const REMOVED = 'the institution is being removed from its cluster';

/**
 * Gives up every open flow in which an institution has a say, so that no other party waits for one that is gone: own
 * proposals and flows with own inputs are cancelled, attempts that it only computes are failed. Best effort; a flow
 * that cannot be given up is logged, and its deadline ends it.
 *
 * @param reason for the other parties
 * @returns how many flows were given up
 */
export async function withdrawOpenFlows(session: NetworkSession, logger: Logger, reason: string = REMOVED): Promise<number> {
  const view = new LedgerView(session, STALENESS_MS);
  const open: FlowRecord[] = [];
  for await (const flow of view.list<FlowRecord>('flows', 'list', { party: session.did, open: true })) open.push(flow);
  const outcomes = await Promise.allSettled(open.map((flow) => withdraw(view, flow, reason)));
  let count = 0;
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') count += outcome.value ? 1 : 0;
    else if (!isRefusal(outcome.reason, 'ILLEGAL_TRANSITION')) logger.warn({ err: outcome.reason, ...taskFields({ flowId: open[index]?.flowId ?? '' }) }, 'an open flow could not be given up');
  }
  return count;
}

async function withdraw(view: LedgerView, flow: FlowRecord, reason: string): Promise<boolean> {
  const { did } = view.session;
  const { flowId, currentStep } = flow;
  if (flow.proposer === did || flow.approvals[did] !== undefined) {
    await view.flows('cancel', { flowId, reason });
    return true;
  }
  const terms = flow.steps.find(({ name }) => name === currentStep);
  if (currentStep === undefined || terms?.computeParties.includes(did) !== true) return false;
  const { attempt } = await view.read<FlowStepView>('flows', 'step', { flowId, step: currentStep });
  await view.flows('fail', { flowId, step: currentStep, attempt, reason: 'PARTY_WITHDRAWN', message: reason, retryable: false });
  return true;
}

/**
 * Whether the operator ends because its installation does, rather than to be restarted: its Deployment or its namespace
 * is gone or going, or its rights were taken away already.
 *
 * @param client not fenced by leadership, of the operator's namespace
 */
export async function isBeingRemoved(client: KubeClient, deployment = 'operator'): Promise<boolean> {
  try {
    const found = await client.find(CORE.deployment, deployment);
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) return true;
  } catch (error) {
    // Not 401: the token of a pod that was deleted by force ends with it, and its successor goes on.
    return isKubeError(error, 'KUBE_FORBIDDEN');
  }
  try {
    const namespace = await client.find(CORE.namespace, client.namespace);
    return namespace === undefined || namespace.metadata.deletionTimestamp !== undefined;
  } catch {
    // Reading namespaces is no right of an operator; its Deployment has been the answer.
    return false;
  }
}
