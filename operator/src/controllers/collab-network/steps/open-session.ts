import { LedgerError } from '@collabnet/ledger';
import { memberToken, networkToken } from '@collabnet/messaging';
import { sleep, StalledError, systemClock, WaitError } from '../../../runtime/index.ts';
import { clockProblem } from '../../../institution/clock-offset.ts';
import { NetworkSession } from '../../../institution/network-session.ts';
import type { FollowedLedger } from '../followed-ledger.ts';
import { required, type NetworkRun } from '../network-run.ts';
import { takeUpMembership } from './take-up-membership.ts';

/** How long a reconcile waits for the institution's own NATS server, ms; it looks again after that. */
const CONNECT_TIMEOUT_MS = 10_000;
/** How long a reconcile waits for the verification of a long chain, ms; its progress is shown then. */
const CATCH_UP_MS = 15_000;

/** Opens the session once per process: connections to the own server and a verifying replica of the ledger. */
export async function openSession(run: NetworkRun): Promise<void> {
  const { sessions } = run.services;
  const name = run.network.metadata.name;
  if (sessions.get(name) === undefined) sessions.set(await connectSession(run, name));
  const session = required(sessions.get(name), 'session');
  session.useKeys(required(run.keys, 'keys'));
  if (run.fabricReading !== undefined && session.useFabric(run.fabricReading)) sessions.changed(name);
  requireView(session.ledger);
  run.session = session;
}

/** @throws StalledError LedgerDiverged; WaitError ClockSkew, LedgerUnreachable while nothing of the ledger is known */
function requireView(ledger: Pick<FollowedLedger, 'head' | 'clockOffsetMs'>): void {
  try {
    ledger.head();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    if (error.code === 'DIVERGED' || error.code === 'BLOCK_INVALID') throw new StalledError('LedgerDiverged', error.message, { cause: error });
    // Blocks that lie too far ahead are not taken, and there is nothing to show then.
    const clock = clockProblem(ledger.clockOffsetMs);
    if (clock !== undefined) throw new WaitError('ClockSkew', clock, 2_000);
    throw new WaitError('LedgerUnreachable', `no contact with the ledger yet: ${error.message}`, 1_000);
  }
}

async function connectSession(run: NetworkRun, name: string): Promise<NetworkSession> {
  const access = required(run.access, 'access');
  const keys = required(run.keys, 'keys');
  const { nats, replicas } = run.services;
  const soon = (): AbortSignal => AbortSignal.any([run.ctx.signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
  const unreachable = (cause: unknown): never => {
    if (cause instanceof WaitError) throw cause;
    throw new WaitError('NatsUnreachable', `the institution's NATS server at ${nats.url} cannot be reached yet; check StatefulSet nats`, 2_000, { cause });
  };
  const ledger = await replicas.open(run.network, access, soon()).catch(unreachable);
  await catchUp(ledger);
  // What was revoked before a crash may not have reached the server.
  await nats.reconcileAccounts();
  if (run.network.spec.founding !== undefined) await run.services.hub.reconcileAccounts(access.caPem);
  requireView(ledger);
  await takeUpMembership(run, new NetworkSession({ name, did: access.did, keys, ledger }));
  const data = await nats.connect(networkToken(access.networkId), memberToken(access.did), 'data', soon()).catch(unreachable);
  const session = new NetworkSession({ name, did: access.did, keys, ledger, data, ...(run.fabricReading && { fabric: run.fabricReading }) });
  replicas.signHeads(name, () => session.signingKey());
  return session;
}

/** Waits for the newest block, or for the news that the ledger cannot be reached: a known part is worth something then. */
async function catchUp(ledger: FollowedLedger): Promise<void> {
  const pause = new AbortController();
  const late = sleep(systemClock, CATCH_UP_MS, pause.signal).then(() => false);
  const over = await Promise.race([ledger.refresh().then(() => true, () => true), late]);
  pause.abort();
  if (over) return;
  throw new WaitError('CatchingUp', `the ledger has been verified up to height ${ledger.head().height}, and its newer blocks are being verified`, 1_000);
}
