const ANSWER_MS = 2_000;

/**
 * A gauge of a channel as a node shows it in its metrics, for what its administration does not tell. Only for people to see.
 *
 * @param url of its metrics
 * @returns undefined when it does not answer or does not have it
 */
export async function readNodeGauge(url: string, gauge: string, channel: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok ? gaugeIn(await response.text(), gauge, channel) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a gauge of a channel from metrics in the Prometheus text format. */
export function gaugeIn(metrics: string, gauge: string, channel: string): number | undefined {
  const line = metrics.split('\n').find((each) => each.startsWith(`${gauge}{channel="${channel}"} `));
  const value = Number(line?.split(' ').at(-1));
  return Number.isFinite(value) ? value : undefined;
}
