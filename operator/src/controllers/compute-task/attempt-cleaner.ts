import type { FlowRecord, FlowStepView } from '@collabnet/contracts';
import { LABEL_TASK } from '@collabnet/crds';
import { taskFields } from '@collabnet/telemetry';
import type { Logger } from '@collabnet/telemetry';
import { CORE, deleteIgnoreMissing, keyOf, sleep, systemClock, type Informer, type KubeClient, type KubeObject } from '../../runtime/index.ts';
import type { LocalNats } from '../../institution/local-nats.ts';
import { ANNOTATION_NATS_USER, attemptOfObject, taskLabel, type AttemptId } from './build/names.ts';
import type { ComputePod } from './build/pod-fault.ts';
import { touchLate } from './late-touch.ts';
import type { LedgerView } from './ledger-view.ts';

const SWEEP_MS = 30_000;
const MOST_REMEMBERED = 10_000;

export interface CleanerOptions {
  readonly client: KubeClient;
  readonly nats: Pick<LocalNats, 'revokeCourier'>;
  readonly pods: Informer<ComputePod>;
  /** Metadata of the attempts' Secrets. */
  readonly secrets: Informer<KubeObject>;
  readonly logger: Logger;
  /** View of the ledger of a CollabNetwork; undefined while there is none. */
  readonly view: (network: string) => LedgerView | undefined;
}

/**
 * Removes what belongs to attempts that are over: pod, NATS user, Secret, in this order and found by their labels, so
 * that a crash between two of them loses nothing. The Secret goes last because it names the user to revoke.
 */
export class AttemptCleaner {
  readonly #options: CleanerOptions;
  readonly #revoked = new Set<string>();

  constructor(options: CleanerOptions) {
    this.#options = options;
    // What the garbage collector takes with a deleted task must not leave a user behind that still works.
    options.secrets.on({ delete: (secret) => this.#revokeInBackground(secret) });
  }

  /** Removes every attempt of a flow but the one that is current. */
  async retire(flow: FlowRecord, steps: readonly FlowStepView[]): Promise<void> {
    const label = taskLabel(flow.flowId);
    const { pods, secrets } = this.#options;
    for (const pod of pods.byLabel(LABEL_TASK, label)) {
      const attempt = attemptOfObject(pod);
      if (isCurrent(attempt, flow, steps)) continue;
      const view = attempt && this.#options.view(attempt.network);
      if (attempt && view && pod.metadata.deletionTimestamp === undefined) await touchLate(view, attempt, flow, steps);
      await this.#removePod(pod);
    }
    for (const secret of secrets.byLabel(LABEL_TASK, label)) if (!isCurrent(attemptOfObject(secret), flow, steps)) await this.#removeSecret(secret);
  }

  /** Looks at every attempt in the namespace again and again, whether or not it still has a task. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.sweep().catch((error: unknown) => this.#options.logger.warn({ err: error }, 'attempts could not be cleaned up; trying again'));
      await sleep(systemClock, SWEEP_MS, signal);
    }
  }

  async sweep(): Promise<void> {
    const { pods, secrets } = this.#options;
    const flows = new Map<string, string>();
    for (const object of [...pods.list(), ...secrets.list()]) {
      const attempt = attemptOfObject(object);
      if (attempt !== undefined) flows.set(attempt.flowId, attempt.network);
    }
    for (const [flowId, network] of flows) {
      const view = this.#options.view(network);
      if (view === undefined) continue;
      const flow = await view.find<FlowRecord>('flows', 'get', { flowId });
      if (flow === undefined) continue;
      const { items } = await view.read<{ items: FlowStepView[] }>('flows', 'steps', { flowId });
      await this.retire(flow, items);
    }
  }

  async #removePod(pod: ComputePod): Promise<void> {
    const { client, logger } = this.#options;
    const { name, namespace, uid, deletionTimestamp } = pod.metadata;
    const attempt = attemptOfObject(pod);
    if (deletionTimestamp !== undefined) return;
    if (await deleteIgnoreMissing(client, CORE.pod, name, { namespace, uid })) logger.info({ pod: name, ...(attempt && taskFields(attempt)) }, 'compute pod removed');
  }

  async #removeSecret(secret: KubeObject): Promise<void> {
    await this.#revoke(secret);
    const { name, namespace, uid } = secret.metadata;
    await deleteIgnoreMissing(this.#options.client, CORE.secret, name, { namespace, uid });
  }

  async #revoke(secret: KubeObject): Promise<void> {
    const user = secret.metadata.annotations?.[ANNOTATION_NATS_USER];
    const network = attemptOfObject(secret)?.network;
    const view = network === undefined ? undefined : this.#options.view(network);
    if (user === undefined || view === undefined || this.#revoked.has(user)) return;
    await this.#options.nats.revokeCourier(view.session.token, user);
    if (this.#revoked.size >= MOST_REMEMBERED) this.#revoked.clear();
    this.#revoked.add(user);
  }

  #revokeInBackground(secret: KubeObject): void {
    this.#revoke(secret).catch((error: unknown) => this.#options.logger.warn({ err: error, secret: keyOf(secret) }, "a deleted attempt's NATS user is not revoked yet; it expires with the attempt"));
  }
}

/** Whether an attempt is the one that the ledger waits for. */
export function isCurrent(attempt: AttemptId | undefined, flow: FlowRecord, steps: readonly FlowStepView[]): boolean {
  if (attempt === undefined || attempt.flowId !== flow.flowId || flow.finishedAt !== undefined) return false;
  if (flow.currentStep !== attempt.step) return false;
  return steps.find(({ step }) => step === attempt.step)?.attempt === attempt.attempt;
}
