import type { QuotaName } from '@collabnet/crds';
import { WaitError } from '../../../runtime/index.ts';
import { QUOTA_LOOK_MS } from '../build/queued.ts';

/** What is counted, and when it goes on. */
const WORDS: Readonly<Record<QuotaName, readonly [counted: string, until: string]>> = {
  runningAttempts: ['attempts run here or are about to', 'waits until one of them is over'],
  openTasks: ['tasks that go first are open', 'waits until one of them ends'],
  computeSecondsPerDay: ['seconds were computed here in the last 24 hours', 'waits until enough of them are longer ago'],
};

/** By how much a day's seconds change says little, ms. */
const DAY_LOOK_MS = 60_000;

/** One quota of one proposer. */
export interface QuotaUse {
  readonly quota: QuotaName;
  /** DID of the proposer. */
  readonly proposer: string;
  readonly used: number;
  readonly limit: number;
  /** Name of the CollabNetwork that has the limit. */
  readonly network: string;
}

/** What a task waits for whose proposer has used up a quota. The same word stands in condition, event and metric. */
export function quotaExceeded({ quota, proposer, used, limit, network }: QuotaUse): WaitError {
  const [counted, until] = WORDS[quota];
  const before = used < limit ? ', and others of it wait before this one' : '';
  const message = `quota ${quota} of ${proposer} is used up: ${used} of ${limit} ${counted}${before}; ${until}, or until the cluster administrator of this institution raises it (spec.quotas of CollabNetwork ${network})`;
  return new WaitError('QuotaExceeded', message, quota === 'computeSecondsPerDay' ? DAY_LOOK_MS : QUOTA_LOOK_MS);
}
