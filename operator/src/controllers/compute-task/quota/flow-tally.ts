import type { FlowRecord, FlowStepView } from '@collabnet/contracts';
import type { LedgerEvent } from '@collabnet/ledger';
import type { SessionRegistry } from '../../../institution/session-registry.ts';
import type { LedgerView } from '../ledger-view.ts';
import { tallyOf, type TalliedFlow } from './tallied-flow.ts';
import { DAY_MS } from './usage.ts';

/** Beyond this many, while nobody asks, all is read anew. */
const MOST_DUE = 10_000;

interface Known {
  /** Whether all flows have been read; after that, those that blocks name are enough. */
  complete: boolean;
  readonly due: Set<string>;
  readonly flows: Map<string, TalliedFlow>;
  reading: Promise<void> | undefined;
}

/**
 * The flows of this institution that quotas count: those that have not ended, and those that ended within a day. They are
 * read from the ledger, all of them once after a start and then what changes, so that a restart forgets no usage and
 * nothing that is deleted from the cluster lowers it. Where there is no quota nothing is read.
 */
export class FlowTally {
  readonly #known = new Map<string, Known>();

  constructor(sessions: Pick<SessionRegistry, 'onChange'>) {
    sessions.onChange((network, events) => this.#note(network, events));
  }

  /** @param now ms. @throws WaitError LedgerStale or LedgerUnavailable */
  async of(view: LedgerView, now: number): Promise<readonly TalliedFlow[]> {
    const known = this.#of(view.session.name);
    while (known.reading !== undefined || !known.complete || known.due.size > 0) {
      known.reading ??= this.#read(view, known, now).finally(() => (known.reading = undefined));
      await known.reading;
    }
    return [...known.flows.values()].filter(({ finishedAt }) => isCounted(finishedAt, now));
  }

  #of(network: string): Known {
    const known = this.#known.get(network) ?? { complete: false, due: new Set<string>(), flows: new Map<string, TalliedFlow>(), reading: undefined };
    this.#known.set(network, known);
    return known;
  }

  #note(network: string, events: readonly LedgerEvent[]): void {
    const known = this.#of(network);
    if (events.length === 0 || known.due.size > MOST_DUE) known.complete = false;
    // What has not been read yet is read whole.
    if (!known.complete && known.reading === undefined) return known.due.clear();
    for (const { type, subject } of events) if (type.startsWith('flow.')) known.due.add(subject);
  }

  async #read(view: LedgerView, known: Known, now: number): Promise<void> {
    if (!known.complete) await this.#readAll(view, known, now);
    const due = [...known.due];
    known.due.clear();
    try {
      for (const flowId of due) await this.#put(known, view, await view.read<FlowRecord>('flows', 'get', { flowId }), now);
    } catch (error) {
      // What it was about to read is not known to be read.
      due.forEach((flowId) => known.due.add(flowId));
      throw error;
    }
    for (const [flowId, { finishedAt }] of known.flows) if (!isCounted(finishedAt, now)) known.flows.delete(flowId);
  }

  async #readAll(view: LedgerView, known: Known, now: number): Promise<void> {
    known.complete = true;
    try {
      known.flows.clear();
      for await (const flow of view.list<FlowRecord>('flows', 'list', { party: view.session.did })) {
        await this.#put(known, view, flow, now);
      }
    } catch (error) {
      known.complete = false;
      throw error;
    }
  }

  /** Who only audits a flow gives it no compute. */
  async #put({ flows }: Known, view: LedgerView, flow: FlowRecord, now: number): Promise<void> {
    const { did } = view.session;
    const { flowId } = flow;
    if (!isCounted(flow.finishedAt, now) || (flow.proposer !== did && !flow.parties.includes(did))) flows.delete(flowId);
    else flows.set(flowId, tallyOf(flow, flow.openedAt === undefined ? [] : await stepsOf(view, flowId), did));
  }
}

function isCounted(finishedAt: number | undefined, now: number): boolean {
  return finishedAt === undefined || finishedAt > now - DAY_MS;
}

async function stepsOf(view: LedgerView, flowId: string): Promise<readonly FlowStepView[]> {
  return (await view.read<{ items: FlowStepView[] }>('flows', 'steps', { flowId })).items;
}
