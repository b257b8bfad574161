import type { KubeObject } from '../../../runtime/index.ts';

/** How long the one who knows the cause may take to say it first, ms. */
const CAUSE_FIRST_MS = 5_000;

/**
 * For how long a courier's failure is not reported yet, ms. The first report stands on the ledger, and two failures are
 * only the echo of another: a peer that failed, whose own operator knows why; and a pod that is stopped, which may be the
 * first thing seen of an institution that is being removed.
 *
 * @param since when the courier failed, epoch ms; 0: not known
 */
export function reportDelay(code: string, since: number, { metadata }: Pick<KubeObject, 'metadata'>, now: number): number {
  const from = code === 'PEER_FAILED' ? since : code === 'ABORTED' ? stoppedAt(metadata) : undefined;
  return from === undefined ? 0 : Math.max(0, Math.min(CAUSE_FIRST_MS, from + CAUSE_FIRST_MS - now));
}

/** When the deletion was asked for: `deletionTimestamp` is when it shall have ended. */
function stoppedAt({ deletionTimestamp, deletionGracePeriodSeconds = 0 }: KubeObject['metadata']): number | undefined {
  return deletionTimestamp === undefined ? undefined : Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
}
