import { sm2PublicKeyOf } from '@collabnet/sm';
import type { JsonObject } from '@collabnet/envelope';
import { courierJobSchema, type CourierStatus } from '@collabnet/wire';
import { StalledError, WaitError } from '../../../runtime/index.ts';
import { attemptName } from '../build/names.ts';
import { lookAgainAfter } from '../build/look-again.ts';
import { digestOfImage, engineImage } from '../build/engine-image.ts';
import { failAttempt } from '../fail-attempt.ts';
import { isRefusal, OVERTAKEN } from '../ledger-view.ts';
import { again, overtaken, required, type TaskRun } from '../task-run.ts';

/** At most, ms. */
const LOOK_AGAIN_MS = 1_500;

/** Reserves the attempt on the ledger as soon as the courier has frozen its inputs and its engine waits. */
export async function reserveAttempt(run: TaskRun): Promise<void> {
  const view = required(run.view, 'view');
  const { record: flow } = required(run.flow, 'flow');
  const { id, record, courier, pod } = required(run.attempt, 'attempt');
  if (flow.state !== 'Pending' || record.reservations[view.session.did] !== undefined) return;
  if (courier?.reserved === undefined) {
    const text = `step ${id.step}, attempt ${id.attempt}: the courier reads and freezes its inputs`;
    throw new WaitError('Preparing', text, lookAgainAfter(pod, run.ctx.clock.now(), LOOK_AGAIN_MS));
  }
  const args = await reservation(run, courier.reserved);
  try {
    await view.flows('reserve', args);
  } catch (error) {
    if (isRefusal(error, ...OVERTAKEN)) throw overtaken('Reserving', error.message);
    // A courier that offers what the rules refuse will not offer anything else.
    if (isRefusal(error)) await failAttempt(run, { reason: error.code, message: error.message, retryable: false });
    throw error;
  }
  throw again('Reserved', `attempt ${id.attempt} of step ${id.step} is reserved`);
}

async function reservation(run: TaskRun, reserved: NonNullable<CourierStatus['reserved']>): Promise<JsonObject> {
  const { id } = required(run.attempt, 'attempt');
  const name = attemptName(id);
  const values = await run.environment.services.secrets.read(name);
  const job = courierJobSchema.safeParse(JSON.parse(values?.['job.json'] ?? 'null'));
  if (!job.success) throw new StalledError('SecretDamaged', `Secret ${name} holds no valid job; delete the pod ${name}, and the attempt is made again`);
  // The key that will sign the receipt must be the one this institution delegated to.
  if (reserved.courierKey !== sm2PublicKeyOf((values?.['attempt.key'] ?? '').trim())) {
    await failAttempt(run, { reason: 'COURIER_KEY_MISMATCH', message: 'the courier shows another key than the one it was given', retryable: true });
  }
  const key = await required(run.view, 'view').session.signingKey();
  if (job.data.delegation.delegator.keyId !== key.keyId) {
    // The couriers show each other this delegation, and the ledger takes no new one from a key that has ended.
    await failAttempt(run, { reason: 'KEY_ROTATED', message: "the institution's key was rotated while the attempt was prepared; the next attempt is prepared under the new one", retryable: true });
  }
  const imageDigest = digestOfImage(engineImage(run.environment.services.config, job.data.algorithm.engine));
  return {
    flowId: id.flowId,
    step: id.step,
    attempt: id.attempt,
    inputCommitments: reserved.inputCommitments,
    courierKey: reserved.courierKey,
    delegation: job.data.delegation as unknown as JsonObject,
    ...(imageDigest === undefined ? {} : { imageDigest }),
    isolation: reserved.isolation,
  };
}
