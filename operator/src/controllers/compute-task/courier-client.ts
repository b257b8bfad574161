import { askAttempt } from '@collabnet/messaging';
import { controlReplySchema, type ControlRequest, type CourierStatus } from '@collabnet/wire';
import type { NetworkSession } from '../../institution/network-session.ts';
import { attemptAddress, type AttemptId } from './build/names.ts';

/** A courier answers at once or not at all; the reconcile that asks is repeated anyway. */
const TIMEOUT_MS = 2_000;

/** A courier refused a request, or answered what is no answer. */
export class CourierError extends Error {
  override readonly name = 'CourierError';
  readonly code: 'COURIER_REFUSED' | 'COURIER_MALFORMED';

  constructor(code: CourierError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Asks the courier of one attempt, over the institution's own NATS server; every request is idempotent.
 *
 * @throws MessagingError when nobody answers; CourierError
 */
export async function askCourier(session: NetworkSession, id: AttemptId, request: ControlRequest): Promise<CourierStatus> {
  if (session.data === undefined) throw new CourierError('COURIER_REFUSED', 'no connection to the data account of the NATS server');
  const answer = controlReplySchema.safeParse(await askAttempt(session.data, attemptAddress(session.token, id), request, { timeoutMs: TIMEOUT_MS, retries: 0 }));
  if (!answer.success) throw new CourierError('COURIER_MALFORMED', `${request.op}: the courier's answer is malformed: ${answer.error.issues[0]?.path.join('.') ?? ''}`, { cause: answer.error });
  if (!answer.data.ok) throw new CourierError('COURIER_REFUSED', `${request.op}: ${answer.data.error.code}: ${answer.data.error.message}`);
  return answer.data.status;
}
