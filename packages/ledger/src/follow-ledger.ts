import { readFileSync } from 'node:fs';
import { connect, headsSubject, ledgerEventsSubject, ledgerSubject, memberInbox, memberToken, networkToken } from '@collabnet/messaging';
import type { Logger } from '@collabnet/telemetry';
import { EmbeddedLedgerClient } from './embedded-client.ts';
import type { Ledger } from './ledger.ts';
import { NatsLedgerTransport } from './nats-transport.ts';
import { openReplicaState } from './replica-state.ts';

export interface FollowLedgerOptions {
  readonly networkId: string;
  /** DID of the institution in the network. */
  readonly did: string;
  /** Name of the client in the permissions of its NATS user: `data-proxy`, `result-store`. */
  readonly client: string;
  readonly nats: {
    readonly url: string;
    /** Path of the `.creds` file; read again at every reconnect. */
    readonly credentials: string;
    /** Path of the CA certificate; then TLS is required. */
    readonly ca?: string | undefined;
  };
  /** Folder of this process alone for the verified copy, such as an emptyDir; undefined: in memory. */
  readonly cache: string | undefined;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A replica for services that read the ledger and submit nothing. Waits for the first connection to NATS, not for the
 * first block.
 *
 * @throws MessagingError CONNECT_FAILED when the signal ends the waiting; LedgerError STORE_FAILED
 */
export async function followLedger(options: FollowLedgerOptions): Promise<Ledger> {
  const { networkId, nats, logger } = options;
  const net = networkToken(networkId);
  const self = memberToken(options.did);
  const connection = await connect({
    servers: nats.url,
    creds: () => readFileSync(nats.credentials, 'utf8'),
    name: options.client,
    inboxPrefix: memberInbox(net, self, options.client),
    ...(nats.ca !== undefined && { tls: { caFile: nats.ca } }),
    ...(options.signal && { signal: options.signal }),
    logger,
  });
  const transport = new NatsLedgerTransport(connection, {
    blocks: ledgerSubject(net, self, 'blocks'),
    head: ledgerSubject(net, self, 'head'),
    announcements: ledgerEventsSubject(net),
    heads: headsSubject(net),
  });
  const ledger = new EmbeddedLedgerClient({
    networkId,
    transport,
    state: openReplicaState(options.cache, networkId),
    onError: (error) => logger.warn({ err: error, network: networkId }, 'the ledger cannot be followed'),
  });
  ledger.start();
  const close = ledger.close.bind(ledger);
  // The connection was made here, so it ends here.
  ledger.close = async () => {
    await close();
    await connection.close();
  };
  return ledger;
}
