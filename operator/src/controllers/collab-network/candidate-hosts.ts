import type { Ledger } from '@collabnet/ledger';
import { connect, networkToken, type NatsConnection } from '@collabnet/messaging';
import type { Logger } from '@collabnet/telemetry';
import type { HubServer } from '../../institution/hub-server.ts';
import type { Runnable } from '../../runtime/index.ts';
import type { NetworkAccess } from './network-run.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** What is served of a network. */
export interface ServedNetwork {
  readonly access: Pick<NetworkAccess, 'networkId' | 'caPem'>;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
}

interface Served {
  readonly ledger: Ledger;
  close(): Promise<void>;
}

/**
 * Serves the ledgers of founded networks on Fabric over their hubs to candidates, who have no peer on the channel yet. On
 * the embedded ledger its host does that. Only the leader serves, or a candidate would get every answer twice.
 */
export class CandidateHosts implements Runnable {
  readonly name = 'candidate-hosts';
  readonly leaderOnly = true;
  readonly #served = new Map<string, Served>();
  readonly #hub: Pick<HubServer, 'clientUrl' | 'ledgerHostCreds'>;
  readonly #logger: Logger;

  constructor(hub: Pick<HubServer, 'clientUrl' | 'ledgerHostCreds'>, logger: Logger) {
    this.#hub = hub;
    this.#logger = logger;
  }

  /** Serves a network, unless it is served already from this replica. @throws MessagingError CONNECT_FAILED */
  async serve(name: string, network: ServedNetwork): Promise<void> {
    if (this.#served.get(name)?.ledger === network.ledger) return;
    await this.stop(name);
    const connection = await this.#connect(network);
    const { serveLedger } = await import('./fabric/serve-ledger.ts');
    const end = serveLedger(connection, network, (error) => this.#logger.warn({ err: error, network: name }, 'a candidate could not be answered'));
    const close = async (): Promise<void> => {
      end();
      await connection.close();
    };
    this.#served.set(name, { ledger: network.ledger, close });
  }

  /** Serves a network no more. */
  async stop(name: string): Promise<void> {
    const served = this.#served.get(name);
    this.#served.delete(name);
    await served?.close();
  }

  /** Ends all when the process ends or leads no more. */
  async run(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await this.close();
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#served.keys()].map((name) => this.stop(name)));
  }

  async #connect({ access, signal }: ServedNetwork): Promise<NatsConnection> {
    return connect({
      servers: this.#hub.clientUrl,
      creds: await this.#hub.ledgerHostCreds(networkToken(access.networkId)),
      name: 'candidate-host',
      // A host only answers, so nothing is ever received below this prefix.
      inboxPrefix: 'inbox.ledger-host',
      tls: { ca: access.caPem },
      logger: this.#logger,
      signal: AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]),
    });
  }
}
