import type { MemberRecord } from '@collabnet/contracts';
import { StalledError, type StepResult } from '../../../runtime/index.ts';
import { findOnLedger } from '../find-on-ledger.ts';
import { required, type NetworkRun } from '../network-run.ts';
import { accessSecret, markExpelled } from './load-access.ts';
import { reportStatus } from './report-status.ts';
import { expelled, stayAway } from './stay-away.ts';

/**
 * What the members have decided about this institution. Suspended, it goes on showing the ledger and acts no more, until they
 * take it back; expelled, it is gone for good.
 *
 * @throws StalledError MembershipSuspended, Expelled
 */
export async function heedMembers(run: NetworkRun): Promise<StepResult> {
  const session = required(run.session, 'session');
  const own = await findOnLedger<MemberRecord>(session.ledger, 'membership', 'member', { did: session.did });
  if (own?.state === 'Expelled') {
    await markExpelled(run.services.secrets, accessSecret(run.network));
    await stayAway(run, 'Expelled');
    throw expelled(run);
  }
  if (own?.state === 'Suspended') {
    await reportStatus(run);
    run.ctx.status.membership = 'Suspended';
    throw new StalledError('MembershipSuspended', `the members of ${run.network.spec.displayName} have suspended ${session.did}: it has no rights and no vote there until they reinstate it. Ask them why: kubectl collabnet ledger blocks`);
  }
  // What was refused meanwhile is due again.
  if (run.network.status?.membership === 'Suspended') run.services.sessions.changed(run.network.metadata.name);
}
