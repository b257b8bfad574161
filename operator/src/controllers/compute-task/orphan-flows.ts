import type { FlowRecord } from '@collabnet/contracts';
import type { ComputeTask } from '@collabnet/crds';
import { taskFields } from '@collabnet/telemetry';
import type { Logger } from '@collabnet/telemetry';
import { WaitError, type Informer } from '../../runtime/index.ts';
import type { NetworkSession } from '../../institution/network-session.ts';
import type { SessionRegistry } from '../../institution/session-registry.ts';
import { FLOW_INDEX } from './informers.ts';
import { isRefusal, OVERTAKEN, type LedgerView } from './ledger-view.ts';
import { isMirror, ownFlowId } from './own-flow.ts';
import { Signal } from './signal.ts';

/** All own flows are compared with the tasks this often, ms. */
const EVERY_MS = 60_000;

export interface OrphanFlowsOptions {
  readonly tasks: Informer<ComputeTask>;
  readonly sessions: SessionRegistry;
  readonly view: (network: string) => LedgerView | undefined;
  readonly logger: Logger;
}

/**
 * Cancels the open flows of tasks that were deleted. It compares what is with what should be, so that a deletion while
 * no operator ran is found as well, and no finalizer has to hold anything.
 */
export class OrphanFlows {
  readonly #options: OrphanFlowsOptions;
  readonly #due = new Signal();

  constructor(options: OrphanFlowsOptions) {
    this.#options = options;
    options.tasks.on({
      delete: (task) => {
        if (!isMirror(task)) this.#due.raise();
      },
    });
    options.sessions.onChange((_, events) => {
      if (events.length === 0) this.#due.raise();
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#options.tasks.synced;
    while (!signal.aborted) {
      const complete = await this.sync();
      await this.#due.wait(complete ? EVERY_MS : 5_000, signal);
    }
  }

  /** Never rejects. @returns false when something has to be tried again soon */
  async sync(): Promise<boolean> {
    this.#due.lower();
    let complete = true;
    for (const session of this.#options.sessions.all()) {
      try {
        await this.#cancelOrphans(session);
      } catch (error) {
        complete = false;
        const level = error instanceof WaitError ? 'debug' : 'warn';
        this.#options.logger[level]({ err: error, network: session.name }, 'flows of deleted tasks could not be cancelled; trying again');
      }
    }
    return complete;
  }

  async #cancelOrphans(session: NetworkSession): Promise<void> {
    const view = this.#options.view(session.name);
    if (view === undefined || !this.#options.tasks.hasSynced) return;
    const open: FlowRecord[] = [];
    for await (const flow of view.list<FlowRecord>('flows', 'list', { party: session.did, open: true })) if (flow.proposer === session.did) open.push(flow);
    // Read after the flows: a task is in the cache before its flow is on the ledger.
    const { tasks } = this.#options;
    const unclaimed = open.filter(({ flowId }) => !tasks.byIndex(FLOW_INDEX, flowId).some((task) => !isMirror(task)));
    if (unclaimed.length === 0) return;
    // Derived from the spec, which takes time: only of those that may have an open flow and do not say so (yet).
    const wanted = new Set(tasks.list().flatMap((task) => (tasks.isAtRest(task) ? [] : (ownFlowId(task, session) ?? []))));
    for (const flow of unclaimed) {
      if (wanted.has(flow.flowId)) continue;
      await cancelFlow(view, flow.flowId, 'the ComputeTask was deleted');
      this.#options.logger.info(taskFields(flow), 'flow of a deleted task cancelled');
    }
  }
}

/** Cancels a flow; one that has ended meanwhile is fine. */
export async function cancelFlow(view: LedgerView, flowId: string, reason: string): Promise<void> {
  try {
    await view.flows('cancel', { flowId, reason });
  } catch (error) {
    if (!isRefusal(error, ...OVERTAKEN)) throw error;
  }
}
