import { taskFields } from '@collabnet/telemetry';
import { MessagingError } from '@collabnet/messaging';
import { courierFailureSchema, courierStatusSchemaId, signedReceiptSchema, type CourierStatus } from '@collabnet/wire';
import { z } from 'zod';
import { WaitError } from '../../../runtime/index.ts';
import { lookAgainAfter } from '../build/look-again.ts';
import { courierRuns, courierStatus, podFault, podProgress, terminationMessage, type ComputePod } from '../build/pod-fault.ts';
import { reportDelay } from '../build/report-delay.ts';
import { stepProgress } from '../build/step-progress.ts';
import { askCourier as ask, CourierError } from '../courier-client.ts';
import { failAttempt } from '../fail-attempt.ts';
import { required, type TaskRun } from '../task-run.ts';

/** At most, ms: images are pulled and volumes mounted meanwhile, and the pod's own events come sooner. */
const LOOK_AGAIN_MS = 2_000;
/** A courier that was not heard for so long is given up: its lease has lapsed by then. */
const SILENCE_MS = 120_000;

/** Finds out how the attempt fares: from the courier, or from the pod where the courier cannot speak. */
export async function askCourier(run: TaskRun): Promise<void> {
  const attempt = required(run.attempt, 'attempt');
  const { session } = required(run.view, 'view');
  const { pod } = attempt;
  if (pod === undefined) return;
  const told = await hear(run, pod);
  if (told !== undefined) {
    attempt.courier = told;
    rememberResult(run, told);
    rememberState(run, told);
  }
  if (attempt.record.receipts.includes(session.did)) return;
  if (told?.state === 'Failed' && told.failure !== undefined) {
    const { code, message, retryable, exchanged } = told.failure;
    const delay = reportDelay(code, told.since, pod, run.ctx.clock.now());
    if (delay > 0) throw new WaitError(code === 'PEER_FAILED' ? 'PeerFailed' : 'PodStopped', message, delay);
    await failAttempt(run, { reason: code, message, retryable }, exchanged);
  }
  if (told?.receipt !== undefined) return;
  await judgePod(run, pod);
  if (told === undefined) throw new WaitError('Preparing', `pod ${pod.metadata.name} ${podProgress(pod)}`, lookAgainAfter(pod, run.ctx.clock.now(), LOOK_AGAIN_MS));
}

async function judgePod(run: TaskRun, pod: ComputePod): Promise<void> {
  const now = run.ctx.clock.now();
  const fault = podFault(pod, now) ?? silence(run, pod, now);
  if (fault !== undefined) await failAttempt(run, fault, run.attempt?.courier?.exchanged ?? false);
}

function silence(run: TaskRun, pod: ComputePod, now: number): ReturnType<typeof podFault> {
  if (pod.metadata.deletionTimestamp !== undefined) return { reason: 'POD_DELETED', message: `pod ${pod.metadata.name} is being deleted`, retryable: true };
  if (run.attempt?.courier !== undefined) {
    heard.set(pod, now);
    return undefined;
  }
  const started = Date.parse(courierStatus(pod)?.state?.running?.startedAt ?? '');
  if (Number.isNaN(started)) {
    const ended = courierStatus(pod)?.state?.terminated;
    return ended && { reason: 'COURIER_ENDED', message: `the courier ended without a receipt (exit code ${ended.exitCode ?? '?'}); see kubectl logs ${pod.metadata.name} -c courier`, retryable: true };
  }
  // A restarted operator has heard nobody yet: it counts from its first question.
  const since = heard.first(pod, now);
  if (now - Math.max(since, started) < SILENCE_MS) return undefined;
  return { reason: 'COURIER_SILENT', message: `the courier in pod ${pod.metadata.name} does not answer on the NATS server; see its log and StatefulSet nats`, retryable: true };
}

async function askOrUndefined(run: TaskRun, pod: ComputePod): Promise<CourierStatus | undefined> {
  const { session } = required(run.view, 'view');
  try {
    return await ask(session, required(run.attempt, 'attempt').id, { op: 'status' });
  } catch (error) {
    if (!(error instanceof MessagingError || error instanceof CourierError)) throw error;
    run.ctx.logger.debug({ err: error, pod: pod.metadata.name, ...taskFields(required(run.attempt, 'attempt').id) }, 'the courier does not answer yet');
    return undefined;
  }
}

/** The courier's own word, or what it left behind when it ended: a restarted one knows less than its last words. */
async function hear(run: TaskRun, pod: ComputePod): Promise<CourierStatus | undefined> {
  const words = lastWords(pod);
  const told = courierRuns(pod) ? await askOrUndefined(run, pod) : undefined;
  return told === undefined || told.failure?.code === 'COURIER_RESTARTED' ? (words ?? told) : told;
}

const failedWords = z.object({ failure: courierFailureSchema });

function lastWords(pod: ComputePod): CourierStatus | undefined {
  const text = terminationMessage(pod);
  const json = text === undefined ? undefined : jsonOf(text);
  const common = { schema: courierStatusSchemaId, since: 0 } as const;
  const ended = signedReceiptSchema.safeParse(json);
  if (ended.success) return { ...common, state: 'Finished', exchanged: true, ...ended.data };
  const failed = failedWords.safeParse(json);
  return failed.success ? { ...common, state: 'Failed', exchanged: failed.data.failure.exchanged, failure: failed.data.failure } : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rows and bytes are told to the receiver alone, once; the ledger has only commitments. */
function rememberResult(run: TaskRun, { result }: CourierStatus): void {
  if (result === undefined) return;
  const { step } = required(run.attempt, 'attempt').id;
  const others = (run.ctx.status.results ?? []).filter((each) => each.step !== step || each.output !== result.output);
  run.ctx.status.results = [...others, { step, location: 'result-store', ...result }];
}

/** For whoever asks where the task stands. What a courier left behind at its end has no time. */
function rememberState(run: TaskRun, { state, since, progress }: CourierStatus): void {
  const { id } = required(run.attempt, 'attempt');
  const step = run.ctx.status.steps?.find(({ name }) => name === id.step);
  if (step === undefined) return;
  if (since > 0) step.courier = { state, since: new Date(since).toISOString() };
  if (progress !== undefined) step.progress = stepProgress(step.progress, progress, run.ctx.clock.now());
  else if (state !== 'Running') delete step.progress;
}

/** By pod uid: when its courier was last heard, ms. */
const heard = {
  times: new Map<string, number>(),
  set(pod: ComputePod, now: number): void {
    if (this.times.size > 10_000) this.times.clear();
    this.times.set(pod.metadata.uid ?? '', now);
  },
  first(pod: ComputePod, now: number): number {
    const known = this.times.get(pod.metadata.uid ?? '');
    if (known === undefined) this.set(pod, now);
    return known ?? now;
  },
};
