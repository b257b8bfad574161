import type { ComputeTaskStatus } from '@collabnet/crds';
import type { CourierStatus } from '@collabnet/wire';

type Told = NonNullable<CourierStatus['progress']>;
export type StepProgress = NonNullable<NonNullable<NonNullable<ComputeTaskStatus['steps']>[number]['progress']>>;

/** A status is written again for this much, so that a long step costs the API server a few writes. */
const NOTED_PERCENT = 5;
const NOTED_MS = 15_000;
/** Before this much is done an estimate would be a guess. */
const ESTIMATED_PERCENT = 5;

/**
 * How far a step is, to be shown: the old one until enough has changed.
 *
 * @param now epoch ms
 */
export function stepProgress(known: StepProgress | undefined, told: Told, now: number): StepProgress {
  const percent = Math.floor(told.percent);
  const samePhase = known?.phase === told.phase;
  if (known !== undefined && samePhase && Math.abs(percent - known.percent) < NOTED_PERCENT && now - Date.parse(known.notedAt) < NOTED_MS) return known;
  const phaseSince = samePhase ? known.phaseSince : new Date(now).toISOString();
  const spent = now - Date.parse(phaseSince);
  const left = percent >= ESTIMATED_PERCENT && percent < 100 && spent > 0 ? Math.round((spent * (100 - percent)) / percent) : undefined;
  return {
    phase: told.phase,
    percent,
    ...(told.rows === undefined ? {} : { rows: told.rows }),
    sentBytes: told.sentBytes,
    receivedBytes: told.receivedBytes,
    phaseSince,
    notedAt: new Date(now).toISOString(),
    ...(left === undefined ? {} : { estimatedEnd: new Date(now + left).toISOString() }),
  };
}
