import { connect, invitationInbox, invitationLedgerSubject, networkToken, type NatsConnection } from '@collabnet/messaging';
import { EmbeddedLedgerClient, NatsLedgerTransport, SqliteState } from '@collabnet/ledger';
import type { Logger } from '@collabnet/telemetry';
import { WaitError } from '../../runtime/index.ts';
import type { Invitation } from './invitation.ts';

/** A candidate's view of the ledger, over its invitation's credential. */
export interface JoinClient {
  ledger: EmbeddedLedgerClient;
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
    const net = networkToken(invitation.networkId);
    const connection = await this.#connect(net, invitation, signal);
    const transport = new NatsLedgerTransport(connection, {
      submit: invitationLedgerSubject(net, invitation.invitationId, 'join'),
      blocks: invitationLedgerSubject(net, invitation.invitationId, 'blocks'),
      head: invitationLedgerSubject(net, invitation.invitationId, 'head'),
    });
    const ledger = new EmbeddedLedgerClient({
      networkId: invitation.networkId,
      transport,
      state: new SqliteState(':memory:'),
      onError: (error) => this.#logger.warn({ err: error, network }, 'ledger not reachable by the invitation'),
    });
    ledger.onChange(() => this.#onChange(network));
    ledger.start();
    const client = { ledger, close: () => ledger.close().then(() => connection.close()) };
    this.#clients.set(network, client);
    return client;
  }

  async #connect(net: string, invitation: Invitation, signal: AbortSignal): Promise<NatsConnection> {
    try {
      return await connect({
        servers: invitation.hubClientUrl,
        creds: invitation.creds,
        name: 'invitation',
        inboxPrefix: invitationInbox(net, invitation.invitationId),
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
