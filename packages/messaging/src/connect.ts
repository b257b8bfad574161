import { setTimeout as delay } from 'node:timers/promises';
import {
  connect as natsConnect,
  jwtAuthenticator,
  type Authenticator,
  type NatsConnection,
  type Status,
  type TlsOptions,
} from '@nats-io/transport-node';
import type { Logger } from '@collabnet/telemetry';
import { parseCreds } from './credentials.ts';
import { MessagingError } from './errors.ts';

export type { NatsConnection } from '@nats-io/transport-node';

export interface ConnectOptions {
  readonly servers: string | readonly string[];
  /** Text of a `.creds` file, or a function asked at every (re)connect, so that renewed credentials are picked up. */
  readonly creds: string | (() => string);
  /** Shown in the server's monitoring. */
  readonly name: string;
  /** Prefix without wildcards that the user may subscribe below; see subjects.ts. */
  readonly inboxPrefix: string;
  /** PEM texts or file paths; then TLS is required, never just offered. Absent: none, unless the server demands it. */
  readonly tls?: Pick<TlsOptions, 'ca' | 'caFile' | 'cert' | 'certFile' | 'key' | 'keyFile'>;
  readonly logger?: Logger;
  /** Keep trying until the first connection stands (default), or fail at once with CONNECT_FAILED. */
  readonly waitOnFirstConnect?: boolean;
  /** Stop for good after the server has refused the credentials twice in a row: for users that expire or are revoked. */
  readonly stopWhenRefused?: boolean;
  /** Gives up waiting for the first connection. */
  readonly signal?: AbortSignal;
}

const RECONNECT_WAIT_MS = 500;
const RECONNECT_JITTER_MS = 1_000;

/**
 * Connects and stays connected: unlimited reconnects with jitter, every change of state logged.
 *
 * @throws MessagingError CONNECT_FAILED when the first connection fails and is not waited for, or is refused with `stopWhenRefused`;
 *   INVALID_CREDENTIALS or INVALID_JWT when the credentials given as text are damaged
 */
export async function connect(options: ConnectOptions): Promise<NatsConnection> {
  const { creds, logger, signal, waitOnFirstConnect = true, stopWhenRefused = false } = options;
  if (typeof creds === 'string') parseCreds(creds);
  for (;;) {
    try {
      const connection = await natsConnect({
        servers: typeof options.servers === 'string' ? options.servers : [...options.servers],
        authenticator: authenticator(creds),
        name: options.name,
        inboxPrefix: options.inboxPrefix,
        tls: options.tls ?? null,
        maxReconnectAttempts: -1,
        reconnectTimeWait: RECONNECT_WAIT_MS,
        reconnectJitter: RECONNECT_JITTER_MS,
        reconnectJitterTLS: RECONNECT_JITTER_MS,
        pingInterval: 20_000,
        maxPingOut: 2,
        timeout: 5_000,
        ignoreClusterUpdates: true,
        ignoreAuthErrorAbort: !stopWhenRefused,
      });
      logger?.info({ server: connection.getServer(), connection: options.name }, 'connected to NATS');
      if (logger) void logStatus(connection, options.name, logger);
      return connection;
    } catch (cause) {
      const refused =
        cause instanceof Error && /authorization|authentication|expired/i.test(`${cause.name} ${cause.message}`);
      if (!waitOnFirstConnect || signal?.aborted || (refused && stopWhenRefused)) {
        throw new MessagingError(
          'CONNECT_FAILED',
          `servers: cannot connect to ${String(options.servers)}: ${cause instanceof Error ? cause.message : 'unknown reason'}`,
          { cause },
        );
      }
      logger?.warn({ err: cause, connection: options.name }, 'NATS not reachable yet');
      await delay(RECONNECT_WAIT_MS + Math.random() * RECONNECT_JITTER_MS, undefined, { signal }).catch(
        () => undefined,
      );
    }
  }
}

/** Asks for the credentials once per connection: JWT and seed of two answers would not fit each other. */
function authenticator(creds: string | (() => string)): Authenticator {
  return (nonce) => {
    const { jwt, seed } = parseCreds(typeof creds === 'string' ? creds : creds());
    return jwtAuthenticator(jwt, new TextEncoder().encode(seed))(nonce);
  };
}

async function logStatus(connection: NatsConnection, name: string, logger: Logger): Promise<void> {
  for await (const status of connection.status()) {
    const { level, fields } = describe(status);
    logger[level]({ connection: name, status: status.type, ...fields }, `NATS ${status.type}`);
  }
}

function describe(status: Status): { level: 'debug' | 'info' | 'warn'; fields: Record<string, unknown> } {
  switch (status.type) {
    case 'error':
      return { level: 'warn', fields: { err: status.error } };
    case 'disconnect':
    case 'staleConnection':
    case 'slowConsumer':
      return { level: 'warn', fields: {} };
    case 'reconnect':
    case 'close':
    case 'ldm':
      return { level: 'info', fields: {} };
    default:
      return { level: 'debug', fields: {} };
  }
}
