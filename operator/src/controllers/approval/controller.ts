import { approvalStatementOf, validateApproval, type Approval } from '@collabnet/crds';
import { approvalPayload, EnvelopeError, type ApprovalStatement, type SignedTransaction } from '@collabnet/envelope';
import type { SessionRegistry } from '../../institution/session-registry.ts';
import { isTrue, keyOf, StalledError, type Controller, type Informer, type Manager, type ReconcileContext } from '../../runtime/index.ts';
import { guardBy } from '../guard.ts';
import { APPROVAL } from '../kinds.ts';
import { asReconcileError, sessionOf } from '../sessions.ts';

/**
 * Controller of Approval: relays a person's signed decision to the ledger. It adds nothing to it: the transaction is
 * rebuilt from the object, and the contract verifies the person's own signature (design §8.3).
 */
export function approvalController(manager: Manager, informer: Informer<Approval>, sessions: SessionRegistry): Controller<Approval> {
  const controller = manager.controller<Approval>({
    name: 'approval',
    type: APPROVAL,
    informer,
    guard: guardBy(validateApproval),
    steps: [(ctx) => relay(ctx, sessions)],
  });
  sessions.onChange((network, events) => {
    // Only a session that has just opened makes approvals due; later blocks do not change a decision already relayed.
    if (events.length > 0) return;
    for (const each of informer.list()) if (each.spec.networkRef.name === network && !informer.isAtRest(each)) controller.enqueue(keyOf(each));
  });
  return controller;
}

/** What the cache keeps of a decision on a task once it is on the ledger; decisions on grants are read again and again. */
export function restingApproval(approval: Approval): Approval | undefined {
  const { apiVersion, kind, metadata, spec, status } = approval;
  if (spec.subject.kind !== 'Flow' || status?.transaction === undefined || status.observedGeneration !== metadata.generation || !isTrue(status.conditions, 'Ready')) return undefined;
  return { apiVersion, kind, metadata, spec: { networkRef: spec.networkRef, subject: spec.subject } } as Approval;
}

async function relay(ctx: ReconcileContext<Approval>, sessions: SessionRegistry): Promise<void> {
  const { spec } = ctx.object;
  if (ctx.object.status?.transaction !== undefined) {
    ctx.ready('Recorded', `${spec.decision} is on the ledger at height ${ctx.object.status.height ?? '?'}`);
    return;
  }
  const session = sessionOf(sessions, spec.networkRef.name);
  const tx = rebuild(session.networkId, ctx.object);
  try {
    const { height, digest } = await session.relay(tx);
    ctx.status.transaction = digest;
    ctx.status.height = height;
    ctx.ready('Recorded', `${spec.decision} is on the ledger at height ${height}`);
  } catch (error) {
    throw asReconcileError(error, `spec.signature: the decision of ${spec.signer}`);
  }
}

function rebuild(networkId: string, approval: Approval): SignedTransaction {
  try {
    const statement = approvalStatementOf(networkId, approval.spec) as ApprovalStatement;
    return { payload: approvalPayload(statement), signature: approval.spec.signature };
  } catch (error) {
    if (error instanceof EnvelopeError) throw new StalledError('InvalidApproval', error.message, { cause: error });
    throw error;
  }
}
