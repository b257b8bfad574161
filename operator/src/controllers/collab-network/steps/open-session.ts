import { EmbeddedLedgerClient, LedgerError, NatsLedgerTransport, openReplicaState } from '@collabnet/ledger';
import { headsSubject, ledgerEventsSubject, ledgerSubject, memberToken, networkToken } from '@collabnet/messaging';
import { StalledError, WaitError } from '../../../runtime/index.ts';
import { NetworkSession } from '../../../institution/network-session.ts';
import { required, type NetworkRun } from '../network-run.ts';

/** How long a reconcile waits for the institution's own NATS server, ms; it looks again after that. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Opens the session once per process: connections to the own server and a verifying replica of the ledger. */
export async function openSession(run: NetworkRun): Promise<void> {
  const { sessions } = run.services;
  const name = run.network.metadata.name;
  if (sessions.get(name) === undefined) sessions.set(await connectSession(run, name));
  const session = required(sessions.get(name), 'session');
  try {
    session.ledger.head();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    if (error.code === 'DIVERGED' || error.code === 'BLOCK_INVALID') throw new StalledError('LedgerDiverged', error.message, { cause: error });
    throw new WaitError('LedgerUnreachable', `no contact with the ledger yet: ${error.message}`, 1_000);
  }
  run.session = session;
}

async function connectSession(run: NetworkRun, name: string): Promise<NetworkSession> {
  const access = required(run.access, 'access');
  const keys = required(run.keys, 'keys');
  const { nats, logger } = run.services;
  const net = networkToken(access.networkId);
  const self = memberToken(access.did);
  const signal = AbortSignal.any([run.ctx.signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
  const [control, data] = await Promise.all([nats.connect(net, self, 'control', signal), nats.connect(net, self, 'data', signal)]).catch((cause: unknown) => {
    throw new WaitError('NatsUnreachable', `the institution's NATS server at ${nats.url} cannot be reached yet; check StatefulSet nats`, 2_000, { cause });
  });
  // What was revoked before a crash may not have reached the server.
  await nats.reconcileAccounts();
  if (run.network.spec.founding !== undefined) await run.services.hub.reconcileAccounts(access.caPem);
  const transport = new NatsLedgerTransport(control, {
    submit: ledgerSubject(net, self, 'submit'),
    blocks: ledgerSubject(net, self, 'blocks'),
    head: ledgerSubject(net, self, 'head'),
    announcements: ledgerEventsSubject(net),
    publishHead: headsSubject(net, self),
    heads: headsSubject(net),
  });
  const ledger = new EmbeddedLedgerClient({
    networkId: access.networkId,
    transport,
    state: openReplicaState(run.services.ledgerCache, access.networkId),
    headSigner: { did: access.did, keyId: `${access.did}#${keys.signKeyFragment}`, sign: (message) => keys.sign(message) },
    onError: (error) => logger.warn({ err: error, network: name }, 'ledger not reachable'),
  });
  ledger.start();
  await ledger.refresh().catch(() => undefined);
  return new NetworkSession({ name, did: access.did, keys, ledger, data });
}
