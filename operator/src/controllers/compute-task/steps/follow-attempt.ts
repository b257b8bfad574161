import { taskFields } from '@collabnet/telemetry';
import type { Reservation } from '@collabnet/contracts';
import { keyAt } from '@collabnet/did';
import type { ControlRequest } from '@collabnet/wire';
import { MessagingError } from '@collabnet/messaging';
import { WaitError } from '../../../runtime/index.ts';
import { lookAgainAfter } from '../build/look-again.ts';
import { askCourier, CourierError } from '../courier-client.ts';
import { failAttempt } from '../fail-attempt.ts';
import { leaseOf } from '../lease-keeper.ts';
import { isRefusal, OVERTAKEN } from '../ledger-view.ts';
import { required, type CurrentAttempt, type TaskRun } from '../task-run.ts';
import { untilTurn } from '../turn.ts';

/** How often a running attempt is looked at, at least, ms. */
const POLL_MS = 1_000;

/** While an attempt runs: gives the courier its start, reports the first exchanged byte, and stops it when consent ends. */
export async function followAttempt(run: TaskRun): Promise<void> {
  const attempt = required(run.attempt, 'attempt');
  const view = required(run.view, 'view');
  const { record, courier, id } = attempt;
  if (courier === undefined || record.receipts.includes(view.session.did)) return;
  if (courier.exchanged && !record.touched && record.state === 'Running' && ownTurn(run, attempt)) await touch(run);
  if (courier.receipt !== undefined) return;
  const lease = await leaseOf(view, id);
  if (!lease.valid && lease.reason !== 'STATE') {
    await tell(run, { op: 'abort', reason: lease.reason ?? 'GRANT_REVOKED' });
    await failAttempt(run, { reason: lease.reason ?? 'GRANT_REVOKED', message: lease.message ?? 'consent no longer holds', retryable: false }, courier.exchanged);
  }
  if (lease.valid && courier.state === 'Reserved') await tell(run, { op: 'start', lease: { until: lease.until }, peers: await peersOf(run, attempt) });
  throw new WaitError('Running', `step ${id.step}, attempt ${id.attempt}: ${courier.state}`, lookAgainAfter(attempt.pod, run.ctx.clock.now(), POLL_MS));
}

/** From its start an attempt has time for its first byte, too. */
function ownTurn(run: TaskRun, { record, terms }: CurrentAttempt): boolean {
  return untilTurn(terms.computeParties, required(run.view, 'view').session.did, record.startedAt ?? 0, run.ctx.clock.now()) === 0;
}

async function touch(run: TaskRun): Promise<void> {
  const { id } = required(run.attempt, 'attempt');
  try {
    await required(run.view, 'view').flows('touch', { ...id });
  } catch (error) {
    if (!isRefusal(error, ...OVERTAKEN)) throw error;
  }
}

/** Keys of the other couriers as the ledger has them, with those of their institutions. */
async function peersOf(run: TaskRun, { record, terms }: CurrentAttempt): Promise<Extract<ControlRequest, { op: 'start' }>['peers']> {
  const { session } = required(run.view, 'view');
  return Promise.all(
    terms.computeParties
      .filter((did) => did !== session.did)
      .map(async (did) => {
        const reservation = record.reservations[did];
        if (reservation === undefined) throw new WaitError('Reserved', `${did} has not reserved`, POLL_MS);
        const institutionKey = await institutionKeyOf(run, did, reservation);
        return { did, courierKey: reservation.courierKey, ...(institutionKey === undefined ? {} : { institutionKey }) };
      }),
  );
}

/** The key that held when the ledger took the reservation: a rotation since then does not undo what was reserved. */
async function institutionKeyOf(run: TaskRun, did: string, { delegation, height }: Reservation): Promise<string | undefined> {
  const record = await required(run.view, 'view').session.resolve(did);
  return keyAt(record, delegation.delegator.keyId, height, 'sign');
}

async function tell(run: TaskRun, request: ControlRequest): Promise<void> {
  try {
    await askCourier(required(run.view, 'view').session, required(run.attempt, 'attempt').id, request);
  } catch (error) {
    if (!(error instanceof MessagingError || error instanceof CourierError)) throw error;
    run.ctx.logger.info({ err: error, op: request.op, ...taskFields(required(run.attempt, 'attempt').id) }, 'the courier did not take the request; it is repeated');
  }
}
