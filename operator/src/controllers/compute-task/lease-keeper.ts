import type { Lease } from '@collabnet/contracts';
import { taskFields } from '@collabnet/telemetry';
import type { Logger } from '@collabnet/telemetry';
import { keyOf, sleep, systemClock, WaitError, type Informer } from '../../runtime/index.ts';
import { attemptOfObject, type AttemptId } from './build/names.ts';
import { courierRuns, type ComputePod } from './build/pod-fault.ts';
import { askCourier } from './courier-client.ts';
import type { LedgerView } from './ledger-view.ts';

const TICK_MS = 5_000;
/** A lease lasts 60 s (the network's rule); renewed this often three losses in a row do no harm. */
const RENEW_MS = 15_000;

/**
 * Renews the leases of running attempts: reads from a fresh view of the ledger whether all grants still hold, and tells
 * the courier until when. On an old view nothing is renewed, and couriers stop by themselves when theirs lapses. Apart
 * from the reconciles, because a suspended task or a slow step must not end what runs.
 */
export class LeaseKeeper {
  readonly #pods: Informer<ComputePod>;
  readonly #view: (network: string) => LedgerView | undefined;
  readonly #logger: Logger;
  /** By pod: when its lease was renewed last, monotonic ms. */
  readonly #renewed = new Map<string, number>();

  constructor(options: { pods: Informer<ComputePod>; view: (network: string) => LedgerView | undefined; logger: Logger }) {
    this.#pods = options.pods;
    this.#view = options.view;
    this.#logger = options.logger;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.tick();
      await sleep(systemClock, TICK_MS, signal);
    }
  }

  /** Renews what is due; never rejects. */
  async tick(): Promise<void> {
    const pods = this.#pods.list();
    const present = new Set(pods.map(keyOf));
    for (const key of this.#renewed.keys()) if (!present.has(key)) this.#renewed.delete(key);
    await Promise.all(pods.filter((pod) => courierRuns(pod) && this.#isDue(pod)).map((pod) => this.#renew(pod)));
  }

  #isDue(pod: ComputePod): boolean {
    const last = this.#renewed.get(keyOf(pod));
    return last === undefined || systemClock.monotonic() - last >= RENEW_MS;
  }

  async #renew(pod: ComputePod): Promise<void> {
    const id = attemptOfObject(pod);
    const view = id && this.#view(id.network);
    if (id === undefined || view === undefined) return;
    try {
      const lease = await leaseOf(view, id);
      // What the ledger says instead is acted upon by the task's own reconcile.
      if (!lease.valid) return;
      await askCourier(view.session, id, { op: 'lease', until: lease.until });
      this.#renewed.set(keyOf(pod), systemClock.monotonic());
    } catch (error) {
      const level = error instanceof WaitError ? 'debug' : 'info';
      this.#logger[level]({ err: error, pod: pod.metadata.name, ...taskFields(id) }, 'lease not renewed');
    }
  }
}

/** The lease of an attempt on a fresh view. @throws WaitError LedgerStale */
export function leaseOf(view: LedgerView, { flowId, step, attempt }: AttemptId): Promise<Lease> {
  return view.read<Lease>('flows', 'lease', { flowId, step, attempt });
}
