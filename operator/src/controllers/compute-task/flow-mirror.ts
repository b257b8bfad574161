import type { FlowRecord } from '@collabnet/contracts';
import type { CollabNetwork, ComputeTask } from '@collabnet/crds';
import type { LedgerEvent } from '@collabnet/ledger';
import { taskFields } from '@collabnet/telemetry';
import type { Logger } from '@collabnet/telemetry';
import { deleteIgnoreMissing, ownerReference, sameJson, StalledError, systemClock, WaitError, type Applier, type Informer, type KubeClient } from '../../runtime/index.ts';
import type { SessionRegistry } from '../../institution/session-registry.ts';
import { COMPUTE_TASK } from '../kinds.ts';
import { mirrorOf } from './build/mirror.ts';
import type { FlowSpecs } from './flow-specs.ts';
import type { LedgerView } from './ledger-view.ts';
import { isMirror } from './own-flow.ts';
import { Signal } from './signal.ts';

/** All open flows are compared this often even if nothing is heard, ms. */
const EVERY_MS = 60_000;
const RETRY_MS = 5_000;

export interface FlowMirrorOptions {
  readonly client: KubeClient;
  readonly applier: Applier;
  readonly tasks: Informer<ComputeTask>;
  readonly networks: Informer<CollabNetwork>;
  readonly sessions: SessionRegistry;
  readonly specs: FlowSpecs;
  readonly view: (network: string) => LedgerView | undefined;
  readonly namespace: string;
  readonly logger: Logger;
}

/**
 * Shows the open flows that other institutions proposed as mirror ComputeTasks. A mirror that somebody deletes or
 * changes is restored; nothing depends on its content.
 */
export class FlowMirror {
  readonly #options: FlowMirrorOptions;
  readonly #due = new Signal();
  /** Flows that others have proposed since the last look: id to name of the CollabNetwork. */
  readonly #proposed = new Map<string, string>();
  /** Monotonic time from which on all open flows are compared, not only those proposed since. */
  #allDueAt = 0;

  constructor(options: FlowMirrorOptions) {
    this.#options = options;
    options.sessions.onChange((network, events) => {
      if (events.length === 0) this.#raiseAll();
      else this.#raiseProposed(network, events);
    });
    options.tasks.on({
      update: (task, old) => {
        if (isMirror(old) && intentChanged(task, old)) this.#raiseAll();
      },
      delete: (task) => {
        if (isMirror(task)) this.#raiseAll();
      },
    });
  }

  #raiseAll(): void {
    this.#allDueAt = 0;
    this.#due.raise();
  }

  #raiseProposed(network: string, events: readonly LedgerEvent[]): void {
    const self = this.#options.sessions.get(network)?.did;
    const others = events.filter(({ type, data }) => type === 'flow.proposed' && data['proposer'] !== self);
    for (const { subject } of others) this.#proposed.set(subject, network);
    if (others.length > 0) this.#due.raise();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = systemClock.monotonic();
      // A thousand open flows are not compared for each one that is proposed.
      if (now < this.#allDueAt && (await this.#showProposed())) await this.#due.wait(this.#allDueAt - now, signal);
      else {
        this.#allDueAt = now + EVERY_MS;
        if (!(await this.sync())) this.#allDueAt = Math.min(this.#allDueAt, now + RETRY_MS);
        await this.#due.wait(this.#allDueAt - now, signal);
      }
    }
  }

  /** @returns false when all flows have to be compared instead */
  async #showProposed(): Promise<boolean> {
    this.#due.lower();
    const proposed = [...this.#proposed];
    this.#proposed.clear();
    let complete = true;
    for (const [flowId, name] of proposed) {
      const view = this.#options.view(name);
      const network = this.#options.networks.get(`${this.#options.namespace}/${name}`);
      if (view === undefined || network === undefined) return false;
      try {
        const flow = await view.read<FlowRecord>('flows', 'get', { flowId });
        if (flow.finishedAt === undefined && flow.parties.concat(flow.auditors).includes(view.session.did)) complete = (await this.#tryShow(view, network, flow)) && complete;
      } catch {
        return false;
      }
    }
    return complete;
  }

  /** Brings all mirrors into line; never rejects. @returns false when something has to be tried again soon */
  async sync(): Promise<boolean> {
    this.#due.lower();
    let complete = true;
    for (const session of this.#options.sessions.all()) {
      try {
        const view = this.#options.view(session.name);
        const network = this.#options.networks.get(`${this.#options.namespace}/${session.name}`);
        if (view === undefined || network === undefined) continue;
        for await (const flow of view.list<FlowRecord>('flows', 'list', { party: session.did, open: true })) {
          if (flow.proposer !== session.did) complete = (await this.#tryShow(view, network, flow)) && complete;
        }
      } catch (error) {
        complete = false;
        const level = error instanceof WaitError ? 'debug' : 'warn';
        this.#options.logger[level]({ err: error, network: session.name }, 'mirrors could not be compared with the ledger; trying again');
      }
    }
    return complete;
  }

  async #tryShow(view: LedgerView, network: CollabNetwork, flow: FlowRecord): Promise<boolean> {
    try {
      await this.#show(view, network, flow);
      return true;
    } catch (error) {
      if (error instanceof WaitError) throw error;
      // One flow that cannot be shown must not hide the others.
      this.#options.logger.warn({ err: error, ...taskFields(flow), proposer: flow.proposer }, 'a flow is not shown');
      return error instanceof StalledError;
    }
  }

  async #show(view: LedgerView, network: CollabNetwork, flow: FlowRecord): Promise<void> {
    const { client, applier, tasks, namespace } = this.#options;
    const mirror = mirrorOf(flow, await this.#options.specs.open(view, flow), network.metadata.name);
    const cached = tasks.get(`${namespace}/${mirror.metadata.name}`);
    // Its status says that an open flow has ended; what the cache does not keep of it has to be read.
    const live = cached && tasks.isAtRest(cached) ? await client.find<ComputeTask>(COMPUTE_TASK, mirror.metadata.name, { namespace }) : cached;
    if (live !== undefined && shows(live, mirror, network)) return;
    if (live !== undefined && !sameSpec(live, mirror)) {
      // The spec is immutable, so an object with another one has to go before ours can be there.
      await deleteIgnoreMissing(client, COMPUTE_TASK, mirror.metadata.name, { namespace, uid: live.metadata.uid });
    }
    await applier.apply(COMPUTE_TASK, { ...mirror, metadata: { ...mirror.metadata, namespace } }, { owner: network, live: null });
    this.#options.logger.info({ ...taskFields(flow), mirror: mirror.metadata.name }, 'mirror written');
  }
}

type Mirror = ReturnType<typeof mirrorOf>;

function shows(live: ComputeTask, mirror: Mirror, network: CollabNetwork): boolean {
  const holds = (wanted: Record<string, string> | undefined, found: Record<string, string> | undefined): boolean => Object.entries(wanted ?? {}).every(([key, value]) => found?.[key] === value);
  return (
    live.metadata.deletionTimestamp === undefined &&
    sameSpec(live, mirror) &&
    holds(mirror.metadata.labels, live.metadata.labels) &&
    holds(mirror.metadata.annotations, live.metadata.annotations) &&
    live.metadata.ownerReferences?.some(({ uid }) => uid === ownerReference(network).uid) === true
  );
}

/** Whether two objects ask for the same computation; `suspend` and `priority` are the viewer's own. */
function sameSpec(live: ComputeTask, mirror: Mirror): boolean {
  const own = { suspend: undefined, priority: undefined };
  return sameJson({ ...live.spec, ...own }, { ...mirror.spec, ...own });
}

/** Whether more than the status changed, which the controller itself writes. */
function intentChanged(task: ComputeTask, old: ComputeTask): boolean {
  const intent = ({ metadata }: ComputeTask): unknown => [metadata.generation, metadata.labels, metadata.annotations, metadata.ownerReferences];
  return !sameJson(intent(task), intent(old));
}
