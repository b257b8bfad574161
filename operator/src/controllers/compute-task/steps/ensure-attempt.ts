import type { Lease } from '@collabnet/contracts';
import { CORE, deleteIgnoreMissing, isKubeError, ownerReference, StalledError, WaitError, type KubeObject } from '../../../runtime/index.ts';
import { assertClock } from '../assert-clock.ts';
import { makeMaterial, ownInputs, RESULT_STORE } from '../attempt-material.ts';
import { ANNOTATION_NATS_USER, attemptName } from '../build/names.ts';
import type { ComputePod } from '../build/pod-fault.ts';
import { engineImage } from '../build/engine-image.ts';
import { computePod } from '../build/pod.ts';
import { notBeforeOf } from '../build/retry-delay.ts';
import { attemptSecret } from '../build/secret.ts';
import { queuedMessage, QUEUE_LOOK_MS } from '../build/queued.ts';
import { checkEngines } from '../check-engine.ts';
import { failAttempt } from '../fail-attempt.ts';
import { hostAliasesOf } from '../host-aliases.ts';
import { ownHost } from '../own-host.ts';
import { ownSource } from '../own-source.ts';
import { assertMayOpen } from '../quota/assert-may-open.ts';
import { quotaExceeded } from '../quota/quota-exceeded.ts';
import { quotaOfRun, type ProposerQuota } from '../quota/quota-of-run.ts';
import { required, type CurrentAttempt, type TaskRun } from '../task-run.ts';

/** A pod outlives its flow's deadline by this, s: the courier ends it before in good order. */
const POD_MARGIN_S = 60;

/** Makes Secret and pod of the current attempt, unless they are there. Nothing is made on a consent that no longer holds. */
export async function ensureAttempt(run: TaskRun): Promise<void> {
  const attempt = required(run.attempt, 'attempt');
  const { namespace } = run.environment.services;
  const name = attemptName(attempt.id);
  const key = `${namespace}/${name}`;
  attempt.pod = run.environment.informers.pods.get(key) ?? (await run.ctx.client.find<ComputePod>(CORE.pod, name, { namespace }));
  if (attempt.pod !== undefined) return ownedByTask(run, attempt.pod);
  const { did } = required(run.view, 'view').session;
  // This party has done its part; the pod is not missed.
  if (attempt.record.receipts.includes(did)) return;
  if (attempt.record.reservations[did] !== undefined) {
    await failAttempt(run, { reason: 'POD_LOST', message: `pod ${name} is gone: deleted, or its node was lost`, retryable: true });
  }
  assertClock(run);
  delayContended(run, attempt);
  await assertConsent(run, attempt);
  await takeSlot(run, name);
  const natsUser = await ensureSecret(run, attempt, name);
  attempt.pod = await createPod(run, attempt, natsUser);
  run.ctx.event({ type: 'Normal', reason: 'PodCreated', message: `pod ${name} for step ${attempt.id.step}, attempt ${attempt.id.attempt}` });
}

/** A pod of an earlier object of the same name is about to be collected. */
function ownedByTask(run: TaskRun, object: KubeObject): void {
  const { uid } = run.task.metadata;
  if (object.metadata.ownerReferences?.some((owner) => owner.uid === uid)) return;
  throw new WaitError('CleaningUp', `${object.metadata.name} belongs to an earlier ComputeTask and is being removed`, 1_000);
}

function delayContended(run: TaskRun, { record, id }: CurrentAttempt): void {
  const wait = notBeforeOf(record) - run.ctx.clock.now();
  if (wait > 0) throw new WaitError('BackingOff', `attempt ${id.attempt} of step ${id.step} waits, so that another task can take its turn`, wait);
}

/** Asked last: a place that is taken is taken from another task. */
async function takeSlot(run: TaskRun, name: string): Promise<void> {
  const { environment: { slots, services }, ctx, task } = run;
  const quota = await quotaOfRun(run);
  const { proposer } = quota;
  const limit = quota.limits.runningAttempts;
  if (!takenUpon(run, quota)) assertMayOpen(run, quota);
  const now = ctx.clock.now();
  const answer = slots.take({ name, priority: task.spec.priority, proposer, quota: limit }, now);
  if (answer === 'QuotaExceeded') throw quotaExceeded({ quota: 'runningAttempts', proposer, used: slots.usedBy(proposer, now), limit: limit ?? 0, network: task.spec.networkRef.name });
  if (answer === 'Queued') throw new WaitError('Queued', queuedMessage(services.config.compute.maximumAttempts), QUEUE_LOOK_MS);
}

/** A flow that this institution was not asked to confirm is judged before its first attempt; then it may go on to its end. */
function takenUpon({ view, flow }: TaskRun, { flows }: ProposerQuota): boolean {
  const { confirmations, flowId } = required(flow, 'flow').record;
  const begun = flows.some((each) => each.flowId === flowId && each.runs.length > 0);
  return begun || confirmations[required(view, 'view').session.did] !== undefined;
}

/** Expiry is judged again here: time has passed since the flow was opened. What earlier steps made is the institution's own; the ledger judges it at the start. */
async function assertConsent(run: TaskRun, attempt: CurrentAttempt): Promise<void> {
  const view = required(run.view, 'view');
  for (const { asset, assetVersion = 0, keys, columns } of ownInputs(run, attempt)) {
    if (asset === undefined) continue;
    const lease = await view.read<Lease>('flows', 'mayRead', { ...attempt.id, asset, assetVersion, columns: [...keys, ...columns] });
    if (lease.valid) continue;
    if (lease.reason === 'STATE') throw new WaitError('Pending', lease.message ?? 'the flow has moved on', 500);
    await failAttempt(run, { reason: lease.reason ?? 'GRANT_MISSING', message: lease.message ?? 'consent no longer holds', retryable: false });
  }
}

/** @returns the public key of the courier's NATS user */
async function ensureSecret(run: TaskRun, attempt: CurrentAttempt, name: string): Promise<string> {
  const { services } = run.environment;
  const found = await run.ctx.client.find(CORE.secret, name, { namespace: services.namespace });
  if (found !== undefined) {
    const user = found.metadata.annotations?.[ANNOTATION_NATS_USER];
    if (user === undefined) throw new StalledError('ForeignSecret', `Secret ${name} was not made by this operator; delete it`);
    ownedByTask(run, found);
    return user;
  }
  const material = await makeMaterial(run, attempt, await checkEngines(run, attempt.terms));
  const secret = attemptSecret(attempt.id, run.task.spec.networkRef.name, material);
  await create(run, CORE.secret, secret);
  return material.natsUser;
}

async function createPod(run: TaskRun, attempt: CurrentAttempt, natsUser: string): Promise<ComputePod> {
  const { config, namespace, nats } = run.environment.services;
  const { record: flow, sealed } = required(run.flow, 'flow');
  const trustedHost = ownHost(sealed.spec, attempt.id.step, required(run.view, 'view').session.did);
  const proxies = ownInputs(run, attempt).flatMap((input) => (input.asset === undefined ? [] : [ownSource(run, input).name]));
  const hostAliases = await hostAliasesOf(run.ctx.client, namespace, [hostOf(nats.url), RESULT_STORE, ...proxies]);
  const seconds = Math.ceil((flow.deadline - run.ctx.clock.now()) / 1000) + POD_MARGIN_S;
  const { engine } = await checkEngines(run, attempt.terms);
  const pod = computePod({ proposer: flow.proposer, engineImage: engineImage(config, engine), trustedHost, priority: run.task.spec.priority, id: attempt.id, network: run.task.spec.networkRef.name, config, hostAliases, activeDeadlineSeconds: Math.max(1, seconds), natsUser });
  try {
    return await create<ComputePod>(run, CORE.pod, pod);
  } catch (error) {
    if (!isKubeError(error, 'KUBE_INVALID', 'KUBE_FORBIDDEN')) throw error;
    // Quota and admission speak here; the other parties must not wait for what they refuse.
    await deleteIgnoreMissing(run.ctx.client, CORE.secret, pod.metadata.name, { namespace });
    return failAttempt(run, { reason: 'POD_REFUSED', message: `the cluster refused the compute pod: ${error.message}`, retryable: true });
  }
}

function create<T extends KubeObject>(run: TaskRun, type: Parameters<TaskRun['ctx']['client']['create']>[0], object: KubeObject): Promise<T> {
  const { namespace } = run.environment.services;
  const metadata = { ...object.metadata, namespace, ownerReferences: [ownerReference(run.task)] };
  return run.ctx.client.create<T>(type, { ...object, metadata } as T, { namespace, signal: run.ctx.signal });
}

/** `nats` of `nats://nats.bank-a.svc:4222`. */
function hostOf(url: string): string {
  return new URL(url).hostname.split('.')[0] ?? '';
}
