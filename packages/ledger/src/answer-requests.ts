import type { NatsConnection } from '@nats-io/transport-node';
import { ledgerHostSubject, parseLedgerSubject, type LedgerOperation } from '@collabnet/messaging';
import { LedgerError } from './errors.ts';
import { refusal } from './protocol.ts';

/** Who asks, as far as the hub is trusted, and for what. */
export interface LedgerRequest {
  readonly from: string;
  readonly operation: LedgerOperation;
  readonly body: string;
}

/**
 * Answers requests to the ledger's host over NATS with what `answer` resolves to, or with its refusal.
 *
 * @param onError told of what is no refusal: to others such a failure is not spelled out
 * @returns ends it
 */
export function answerRequests(connection: NatsConnection, networkToken: string, answer: (request: LedgerRequest) => Promise<object>, onError?: (error: unknown) => void): () => void {
  const reply = async (subject: string, body: string): Promise<object> => {
    try {
      const asked = parseLedgerSubject(subject);
      if (asked === undefined) throw new LedgerError('INVALID_ARGUMENT', `subject: ${subject} names no operation of the ledger`);
      return { ok: true, ...(await answer({ from: asked.from, operation: asked.operation, body })) };
    } catch (error) {
      if (!(error instanceof LedgerError)) onError?.(error);
      return refusal(error);
    }
  };
  const subscription = connection.subscribe(ledgerHostSubject(networkToken), {
    callback: (error, message) => {
      if (error !== null || message.reply === undefined) return;
      // A connection that has ended meanwhile answers nobody; the sender asks again.
      void reply(message.subject, message.string()).then((value) => connection.isClosed() || message.respond(JSON.stringify(value)));
    },
  });
  return () => subscription.unsubscribe();
}
