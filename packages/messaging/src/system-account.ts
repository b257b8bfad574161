import type { NatsConnection } from '@nats-io/transport-node';
import { decodeJwt } from './claims.ts';
import { MessagingError } from './errors.ts';

/** Inbox prefix of connections to the system account (see systemOperatorUser). */
export const SYSTEM_INBOX = 'inbox.system';

const TIMEOUT_MS = 5_000;

interface ServerReply {
  readonly data?: { readonly code?: number; readonly message?: string };
  readonly error?: { readonly code?: number; readonly description?: string };
}

/**
 * Gives the server a new account JWT; it takes effect at once (users it revokes are disconnected).
 *
 * @throws MessagingError CLAIMS_REFUSED with the server's own words
 */
export async function pushAccountJwt(system: NatsConnection, accountJwt: string): Promise<void> {
  const { sub } = decodeJwt(accountJwt);
  const reply = await ask(system, '$SYS.REQ.CLAIMS.UPDATE', accountJwt, 'CLAIMS_REFUSED');
  const { data, error } = JSON.parse(reply) as ServerReply;
  if (error || data?.code !== 200) {
    throw new MessagingError(
      'CLAIMS_REFUSED',
      `account ${sub}: the server refused its JWT: ${error?.description ?? data?.message ?? 'no reason given'}`,
    );
  }
}

/** The account JWT the server holds now; undefined when it has none. */
export async function fetchAccountJwt(system: NatsConnection, accountPub: string): Promise<string | undefined> {
  const reply = await ask(system, `$SYS.REQ.ACCOUNT.${accountPub}.CLAIMS.LOOKUP`, '', 'CLAIMS_REFUSED');
  return reply === '' ? undefined : reply;
}

/** Makes the connected server read its configuration file again. @throws MessagingError RELOAD_REFUSED */
export async function reloadServer(system: NatsConnection): Promise<void> {
  const id = system.info?.server_id ?? '';
  const { error } = JSON.parse(await ask(system, `$SYS.REQ.SERVER.${id}.RELOAD`, '', 'RELOAD_REFUSED')) as ServerReply;
  if (error)
    throw new MessagingError(
      'RELOAD_REFUSED',
      `nats-server: configuration not reloaded: ${error.description ?? 'no reason given'}`,
    );
}

async function ask(
  system: NatsConnection,
  subject: string,
  body: string,
  code: 'CLAIMS_REFUSED' | 'RELOAD_REFUSED',
): Promise<string> {
  try {
    return (await system.request(subject, body, { timeout: TIMEOUT_MS })).string();
  } catch (cause) {
    throw new MessagingError(code, `${subject}: no answer; is this a connection to the system account?`, { cause });
  }
}
