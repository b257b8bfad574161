import { EmbeddedLedgerClient, NatsLedgerTransport, SqliteState, type Ledger } from '@collabnet/ledger';
import { connect, invitationInbox, invitationLedgerSubject, networkToken, type NatsConnection } from '@collabnet/messaging';
import type { Logger } from '@collabnet/telemetry';
import { WaitError } from '../../runtime/index.ts';
import type { Invitation } from './invitation.ts';

/** The ledger as a candidate has it: all rules verified, and nothing to submit but the request to join. */
export interface CandidateLedger extends Pick<Ledger, 'evaluate' | 'submit' | 'onChange' | 'close'> {
  start(): void;
  refresh(): Promise<void>;
  /** On Fabric: version of the definition of the contracts that the members have put into force, as far as it was read. */
  readonly definition?: string | undefined;
  /** On Fabric: the first block of the channel, serialised. */
  firstBlock?(): Promise<Uint8Array>;
}

/** A candidate's view of the ledger, over its invitation's credential. */
export interface JoinClient {
  ledger: CandidateLedger;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Join clients by network name, kept between reconciles until the candidate is a member. */
export class JoinClients {
  readonly #clients = new Map<string, JoinClient>();
  readonly #logger: Logger;
  readonly #onChange: (network: string) => void;

  constructor(logger: Logger, onChange: (network: string) => void) {
    this.#logger = logger;
    this.#onChange = onChange;
  }

  /** @throws WaitError HubUnreachable */
  async open(network: string, invitation: Invitation, signal: AbortSignal): Promise<JoinClient> {
    const existing = this.#clients.get(network);
    if (existing !== undefined) return existing;
    const connection = await this.#connect(invitation, signal);
    const onError = (error: unknown): void => this.#logger.warn({ err: error, network }, 'ledger not reachable by the invitation');
    const ledger = invitation.ledgerDriver === 'fabric' ? await fabricLedger(connection, invitation, onError) : embeddedLedger(connection, invitation, onError);
    ledger.onChange(() => this.#onChange(network));
    ledger.start();
    const client = { ledger, close: () => ledger.close().then(() => connection.close()) };
    this.#clients.set(network, client);
    return client;
  }

  async #connect(invitation: Invitation, signal: AbortSignal): Promise<NatsConnection> {
    try {
      return await connect({
        servers: invitation.hubClientUrl,
        creds: invitation.creds,
        name: 'invitation',
        inboxPrefix: invitationInbox(networkToken(invitation.networkId), invitation.invitationId),
        tls: { ca: invitation.caPem },
        logger: this.#logger,
        signal: AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]),
      });
    } catch (cause) {
      throw new WaitError('HubUnreachable', `the hub at ${invitation.hubClientUrl} cannot be reached with the invitation; check the address, networkPolicy.hub in the Helm values and that the invitation has not expired`, 5_000, { cause });
    }
  }

  async close(network: string): Promise<void> {
    const client = this.#clients.get(network);
    this.#clients.delete(network);
    await client?.close();
  }
}

function embeddedLedger(connection: NatsConnection, { networkId, invitationId }: Invitation, onError: (error: unknown) => void): CandidateLedger {
  const net = networkToken(networkId);
  const transport = new NatsLedgerTransport(connection, {
    submit: invitationLedgerSubject(net, invitationId, 'join'),
    blocks: invitationLedgerSubject(net, invitationId, 'blocks'),
    head: invitationLedgerSubject(net, invitationId, 'head'),
  });
  return new EmbeddedLedgerClient({ networkId, transport, state: new SqliteState(':memory:'), onError });
}

/** Loaded only where a network is on Fabric: its client takes memory. */
async function fabricLedger(connection: NatsConnection, { networkId, invitationId }: Invitation, onError: (error: unknown) => void): Promise<CandidateLedger> {
  const { openCandidateLedger } = await import('./fabric/open-candidate-ledger.ts');
  return openCandidateLedger({ connection, networkId, invitationId, onError });
}
