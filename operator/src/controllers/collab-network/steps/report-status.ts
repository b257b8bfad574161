import { admissionEnds, type AlgorithmRecord, type NetworkView, type Page, type RecoveryRequest, type Votes } from '@collabnet/contracts';
import { parseDuration } from '@collabnet/flow';
import { clockProblem } from '../../../institution/clock-offset.ts';
import { WaitError } from '../../../runtime/index.ts';
import { required, type NetworkRun } from '../network-run.ts';
import { pendingChanges } from '../pending-changes.ts';
import { pendingJoins } from '../pending-joins.ts';
import { members } from './admit-members.ts';
import { showActive } from './take-up-membership.ts';

/** The status follows the ledger at least this often, ms; blocks bring it sooner. */
const REFRESH_MS = 10_000;
/** How far the time shown in the status may lag behind, ms. */
const SHOWN_STALENESS_MS = 30_000;
/** Characters of all programs in the status. */
const LARGEST_PROGRAMS = 128 * 1024;

/** Shows the verified ledger: head, members, who asks to join, algorithms. */
export async function reportStatus(run: NetworkRun): Promise<{ requeueAfterMs: number }> {
  const { ctx, network } = run;
  const session = required(run.session, 'session');
  const head = session.ledger.head();
  const age = ctx.clock.now() - head.verifiedAt;
  const stale = age > parseDuration(network.spec.maxStaleness, 'spec.maxStaleness');
  ctx.status.ledger = {
    driver: network.spec.ledger.driver,
    height: head.height,
    headHash: head.hash,
    stateRoot: head.stateRoot,
    verifiedAt: verifiedAt(run, head.verifiedAt),
    headTime: new Date(head.time).toISOString(),
    ...(head.takenUpTo !== undefined && { takenUpTo: head.takenUpTo }),
    state: stale ? 'Stale' : 'Following',
  };
  const clock = clockProblem(session.ledger.clockOffsetMs);
  // A block that lies too far ahead is not taken: then the view is old because of the clock.
  if (stale && clock !== undefined) throw new WaitError('ClockSkew', clock, 2_000);
  if (stale) throw new WaitError('LedgerStale', `the ledger was last heard ${Math.round(age / 1000)} s ago; nothing is authorised on a view this old. Check the hub and StatefulSet nats`, 2_000);
  const { rules } = await session.ledger.evaluate<NetworkView>('governance', 'network', {});
  const all = await members(run);
  ctx.status.members = all.map((member) => {
    const { did, displayName, roles, state } = member;
    const ends = admissionEnds(member, rules);
    return { did, displayName, roles, state, ...(ends !== undefined && { admissionEnds: new Date(ends).toISOString() }) };
  });
  if (all.some(({ did, state }) => did === session.did && state === 'Active')) showActive(run);
  ctx.status.memberCount = ctx.status.members.filter(({ state }) => state === 'Active').length;
  ctx.status.pendingJoins = await pendingJoins(session.ledger, all);
  ctx.status.pendingChanges = await pendingChanges(session.ledger, all, head.time);
  ctx.status.algorithms = await algorithms(run);
  ctx.status.pendingRecoveries = await pendingRecoveries(run);
  ctx.ready('Following', `member of ${network.spec.displayName}; ledger verified up to height ${head.height}`);
  return { requeueAfterMs: REFRESH_MS };
}

// Moved only every half minute: a status that changes with each look would wake everybody who watches.
function verifiedAt(run: NetworkRun, now: number): string {
  const shown = run.network.status?.ledger?.verifiedAt;
  return shown !== undefined && now - Date.parse(shown) < SHOWN_STALENESS_MS ? shown : new Date(now).toISOString();
}

async function pendingRecoveries(run: NetworkRun): Promise<NonNullable<NetworkRun['ctx']['status']['pendingRecoveries']>> {
  const page = await required(run.session, 'session').ledger.evaluate<Page<RecoveryRequest>>('identity', 'recoveryRequests', { open: true, limit: 50 });
  return page.items.map(({ id, did, via, state, effectiveAt }) => ({ id, did, via, state, ...(effectiveAt !== undefined && { effectiveAt: new Date(effectiveAt).toISOString() }) }));
}

async function algorithms(run: NetworkRun): Promise<NonNullable<NetworkRun['ctx']['status']['algorithms']>> {
  const page = await required(run.session, 'session').ledger.evaluate<Page<AlgorithmRecord>>('algorithms', 'list', { limit: 200 });
  // An object of Kubernetes has its limits: what does not fit is on the ledger only.
  let room = LARGEST_PROGRAMS;
  return page.items.map(({ content, state, digest, provider, votes }) => ({
    name: content.name,
    version: content.version,
    engine: content.engine,
    operators: content.operators,
    leakage: content.leakage,
    ...(content.program !== undefined && (room -= content.program.length) >= 0 && { program: content.program }),
    state,
    digest,
    provider,
    votes: votesOf(votes),
  }));
}

function votesOf(votes: Votes): { member: string; decision: string }[] {
  return Object.entries(votes).map(([member, { decision }]) => ({ member, decision }));
}
