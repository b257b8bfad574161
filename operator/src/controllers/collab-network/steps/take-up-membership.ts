import type { MemberRecord } from '@collabnet/contracts';
import type { NetworkSession } from '../../../institution/network-session.ts';
import { WaitError } from '../../../runtime/index.ts';
import { asReconcileError } from '../../sessions.ts';
import { admissionLapsed } from '../admission-lapsed.ts';
import { findOnLedger } from '../find-on-ledger.ts';
import type { NetworkRun } from '../network-run.ts';
import { requireQuorum } from './require-quorum.ts';

/**
 * Takes up the membership of an institution that was voted in, once its own session can write: from then on it has its rights
 * and counts in votes. Nothing else may be written before, so this comes before anybody is given the session.
 *
 * @throws StalledError AdmissionLapsed; WaitError
 */
export async function takeUpMembership(run: NetworkRun, session: NetworkSession): Promise<void> {
  const own = await findOnLedger<MemberRecord>(session.ledger, 'membership', 'member', { did: session.did });
  // The view is older than what the institution was told as a candidate.
  if (own === undefined) throw new WaitError('CatchingUp', `the ledger does not show the admission of ${session.did} yet; its newer blocks are being read`, 1_000);
  if (own.state === 'Lapsed') throw admissionLapsed(session.did);
  if (own.state === 'Active') return showActive(run);
  if (own.state !== 'Admitted') return;
  await requireQuorum(run);
  try {
    await session.submit({ kind: 'Membership', contract: 'membership', method: 'activate', public: {} });
  } catch (error) {
    throw asReconcileError(error, 'taking up the membership');
  }
  run.ctx.event({ type: 'Normal', reason: 'MembershipTakenUp', message: `${session.did} is a member from now on and counts in votes` });
  showActive(run);
}

/** What the status says of an institution whose membership is taken up. A founder says so itself. */
export function showActive({ ctx: { status }, network }: Pick<NetworkRun, 'ctx' | 'network'>): void {
  if (network.spec.founding !== undefined) return;
  status.membership = 'Active';
  delete status.joinRequest;
}
