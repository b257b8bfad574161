import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ClosedConnectionError,
  DrainingConnectionError,
  NoRespondersError,
  PermissionViolationError,
  RequestError,
  TimeoutError,
  type Msg,
  type NatsConnection,
} from '@nats-io/transport-node';
import { MessagingError, type MessagingErrorCode } from './errors.ts';
import { attemptControlSubject, attemptReplySubject, type AttemptAddress } from './subjects.ts';

export interface RequestOptions {
  /** Milliseconds one try may take; default 5000. */
  readonly timeoutMs?: number;
  /** Further tries after the first, on timeout or absent responder only; default 3. The request must be idempotent. */
  readonly retries?: number;
  readonly signal?: AbortSignal;
  /** Subject below which the answer is awaited; default the connection's own inbox. */
  readonly replyBelow?: string;
}

const BACKOFF_BASE_MS = 100;
const BACKOFF_LIMIT_MS = 3_000;

/**
 * Sends `body` as JSON and returns the JSON answer, trying again (bounded, with jittered backoff) while nobody answers.
 * The answer is unchecked: parse it with a schema.
 *
 * @throws MessagingError REQUEST_TIMEOUT | NO_RESPONDERS | PERMISSION_DENIED | CONNECTION_CLOSED | INVALID_REPLY
 */
export async function requestJson(
  connection: NatsConnection,
  subject: string,
  body: unknown,
  options: RequestOptions = {},
): Promise<unknown> {
  const { timeoutMs = 5_000, retries = 3, signal } = options;
  const payload = JSON.stringify(body);
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return parseReply(subject, await connection.request(subject, payload, { timeout: timeoutMs, ...where(options) }));
    } catch (cause) {
      const error = asMessagingError(subject, cause);
      const again = error.code === 'REQUEST_TIMEOUT' || error.code === 'NO_RESPONDERS';
      if (!again || attempt >= retries) throw error;
      const ceiling = Math.min(BACKOFF_LIMIT_MS, BACKOFF_BASE_MS * 2 ** attempt);
      await delay(ceiling * (0.5 + Math.random() / 2), undefined, { signal });
    }
  }
}

/**
 * Asks the courier of an attempt, as its operator. The answer comes below a subject of the attempt: a courier that could
 * answer to any subject it is asked from could be led to say what it has no right to.
 *
 * @throws MessagingError as {@link requestJson}
 */
export function askAttempt(
  connection: NatsConnection,
  address: AttemptAddress,
  body: unknown,
  options: Omit<RequestOptions, 'replyBelow'> = {},
): Promise<unknown> {
  const replyBelow = attemptReplySubject(address);
  return requestJson(connection, attemptControlSubject(address), body, { ...options, replyBelow });
}

function where({ replyBelow }: RequestOptions): { noMux?: true; reply?: string } {
  return replyBelow === undefined ? {} : { noMux: true, reply: `${replyBelow}.${randomBytes(12).toString('hex')}` };
}

function parseReply(subject: string, message: Msg): unknown {
  try {
    return message.json();
  } catch (cause) {
    throw new MessagingError('INVALID_REPLY', `${subject}: the answer is not JSON`, { cause });
  }
}

function asMessagingError(subject: string, cause: unknown): MessagingError {
  if (cause instanceof MessagingError) return cause;
  const inner = cause instanceof RequestError ? (cause.cause ?? cause) : cause;
  const say = (code: MessagingErrorCode, text: string): MessagingError =>
    new MessagingError(code, `${subject}: ${text}`, { cause });
  if (inner instanceof TimeoutError) return say('REQUEST_TIMEOUT', 'no answer in time');
  if (inner instanceof NoRespondersError)
    return say('NO_RESPONDERS', 'nobody listens there, or it may not be reached with these rights');
  if (inner instanceof PermissionViolationError)
    return say('PERMISSION_DENIED', 'these credentials may not use this subject');
  if (inner instanceof ClosedConnectionError || inner instanceof DrainingConnectionError)
    return say('CONNECTION_CLOSED', 'the connection is closed');
  return say('CONNECTION_CLOSED', inner instanceof Error ? inner.message : 'request failed');
}
