import { PREFIX, SNAPSHOT_METRICS } from '@collabnet/telemetry';

const ANSWER_MS = 2_000;

/** The snapshots on a peer's volume. */
export interface SnapshotCount {
  readonly complete: number;
  readonly damaged: number;
  readonly last?: { readonly block: number; /** Epoch ms. */ readonly time: number; readonly bytes: number };
}

/** What the keeper of a peer's snapshots says. @returns undefined when it does not answer */
export async function readSnapshotMetrics(url: string): Promise<SnapshotCount | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok ? snapshotCount(await response.text()) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads it from metrics in the Prometheus text format. */
export function snapshotCount(metrics: string): SnapshotCount | undefined {
  const values = new Map(metrics.split('\n').map((line) => [line.slice(0, line.indexOf(' ')), Number(line.slice(line.indexOf(' ') + 1))]));
  const value = (which: keyof typeof SNAPSHOT_METRICS): number | undefined => values.get(`${PREFIX.snapshots}_${SNAPSHOT_METRICS[which].name}`);
  const [complete, damaged, block, time, bytes] = [value('complete'), value('damaged'), value('lastBlock'), value('lastTime'), value('lastBytes')];
  if (complete === undefined || damaged === undefined) return undefined;
  const last = block === undefined || block < 0 ? {} : { last: { block, time: Math.round((time ?? 0) * 1000), bytes: bytes ?? 0 } };
  return { complete, damaged, ...last };
}
