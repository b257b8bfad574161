import type { MemberRecord } from '@collabnet/contracts';
import { LedgerError } from '@collabnet/ledger';
import type { StepResult } from '../../../runtime/index.ts';
import { withdrawOpenFlows } from '../../compute-task/index.ts';
import { asReconcileError } from '../../sessions.ts';
import { required, type NetworkRun } from '../network-run.ts';
import { members } from './admit-members.ts';
import { accessSecret, markLeaving, markLeft } from './load-access.ts';
import { expelled, stayAway } from './stay-away.ts';

/** Each call ends a bounded number of flows that were proposed to this institution. */
const MOST_CALLS = 50;

/**
 * Leaves for good when the spec says so: gives up what this institution takes part in, ends its membership on the
 * ledger, then writes down that it is gone, since soon the hub will not let it see the ledger any more.
 */
export async function leaveNetwork(run: NetworkRun): Promise<StepResult> {
  if (!run.network.spec.leave) return;
  const session = required(run.session, 'session');
  const all = await members(run);
  const own = all.find(({ did }) => did === session.did);
  if (own?.state !== 'Left') {
    await withdrawOpenFlows(session, run.services.logger, 'the institution leaves the network');
    await signRemoval(run, all);
    await leave(run);
  }
  return concludeLeaving(run);
}

/** Writes down that the institution has left, and ends what connects it to the network. */
export async function concludeLeaving(run: NetworkRun): Promise<'done'> {
  await markLeft(run.services.secrets, accessSecret(run.network));
  run.ctx.event({ type: 'Normal', reason: 'Left', message: `left ${run.network.spec.displayName}; the keys of ${required(run.access, 'access').did} have ended there` });
  return outside(run);
}

/** A network that was left, or whose members have expelled this institution, is not asked any more. @throws StalledError Expelled */
export async function rememberLeft(run: NetworkRun): Promise<StepResult> {
  const access = required(run.access, 'access');
  if (access.left) return outside(run);
  if (!access.expelled) return;
  await stayAway(run, 'Expelled');
  throw expelled(run);
}

async function outside(run: NetworkRun): Promise<'done'> {
  await stayAway(run, 'Left');
  run.ctx.ready('Left', `left ${run.network.spec.displayName}; this object can be deleted`);
  return 'done';
}

/** Who has left can sign nothing any more; on Fabric the others may need its signature to take it off the channel. */
async function signRemoval(run: NetworkRun, all: readonly MemberRecord[]): Promise<void> {
  if (run.network.spec.ledger.driver !== 'fabric') return;
  const { signOwnRemoval } = await import('../fabric/steps/agree-on-channel.ts');
  await signOwnRemoval(required(run.fabric, 'nodes on Fabric'), required(run.session, 'session'), all);
}

async function leave(run: NetworkRun): Promise<void> {
  const session = required(run.session, 'session');
  const { secrets } = run.services;
  const access = accessSecret(run.network);
  // On Fabric the others may take the own peer off the channel before this process hears that it has left.
  if (!required(run.access, 'access').leaving) await markLeaving(secrets, access, true);
  for (let call = 0; call < MOST_CALLS; call += 1) {
    try {
      await session.submit({ kind: 'Membership', contract: 'membership', method: 'leave', public: {} });
    } catch (error) {
      // Held back by a flow, it is a member as before: a peer that is off the channel for another reason must not pass for having left.
      if (error instanceof LedgerError && error.code === 'ILLEGAL_TRANSITION') await markLeaving(secrets, access, false);
      throw asReconcileError(error, 'leaving');
    }
    const own = (await members(run)).find(({ did }): boolean => did === session.did);
    if ((own)?.state === 'Left') return;
  }
  throw new Error('more and more flows are proposed to this institution; trying again to leave');
}
