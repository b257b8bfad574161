import { errors as natsErrors, type NatsConnection } from '@nats-io/transport-node';
import { LedgerError } from './errors.ts';
import { readReply } from './protocol.ts';

/** How long a question to the ledger's host waits for its answer, ms. */
export const READ_TIMEOUT_MS = 10_000;

/**
 * Asks the ledger's host over NATS.
 *
 * @throws LedgerError UNAVAILABLE, TIMEOUT (outcome unknown), or the host's refusal with its code
 */
export async function askHost(connection: NatsConnection, subject: string, body: unknown, timeoutMs: number): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = (await connection.request(subject, JSON.stringify(body), { timeout: timeoutMs })).string();
  } catch (cause) {
    if (cause instanceof natsErrors.TimeoutError) throw new LedgerError('TIMEOUT', 'the ledger host did not answer in time', { cause });
    throw new LedgerError('UNAVAILABLE', `the ledger host cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  return readReply(text);
}
