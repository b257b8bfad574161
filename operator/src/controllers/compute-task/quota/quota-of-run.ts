import { QUOTA_NAMES, type QuotaLimits } from '@collabnet/crds';
import { required, type TaskRun } from '../task-run.ts';
import { limitsOf } from './limits.ts';
import type { TalliedFlow } from './tallied-flow.ts';

/** What holds for the proposer of a task at this institution. */
export interface ProposerQuota {
  /** DID. */
  readonly proposer: string;
  readonly limits: QuotaLimits;
  /** Flows of all proposers; empty where nothing is limited. */
  readonly flows: readonly TalliedFlow[];
}

/** Reads limits from the CollabNetwork and what is used from the ledger. @throws WaitError LedgerStale or LedgerUnavailable */
export async function quotaOfRun(run: TaskRun): Promise<ProposerQuota> {
  const view = required(run.view, 'view');
  const { informers, services, tally } = run.environment;
  const self = view.session.did;
  const proposer = run.flow?.record.proposer ?? self;
  const network = informers.networks.get(`${services.namespace}/${run.task.spec.networkRef.name}`);
  const limits = limitsOf(network?.spec.quotas, proposer, self);
  const limited = QUOTA_NAMES.some((name) => limits[name] !== undefined);
  return { proposer, limits, flows: limited ? await tally.of(view, run.ctx.clock.now()) : [] };
}
