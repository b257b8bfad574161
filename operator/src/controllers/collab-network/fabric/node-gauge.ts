const ANSWER_MS = 2_000;

/**
 * Whether an orderer leads in a channel, as its metrics say: the administration does not tell.
 *
 * @param url of its metrics
 * @returns undefined when it does not answer; this is only for people to see
 */
export async function isLeader(url: string, channel: string): Promise<boolean | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok ? leads(await response.text(), channel) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads `consensus_etcdraft_is_leader` of a channel from metrics in the Prometheus text format. */
export function leads(metrics: string, channel: string): boolean {
  const line = metrics.split('\n').find((each) => each.startsWith(`consensus_etcdraft_is_leader{channel="${channel}"}`));
  return Number(line?.split(' ').at(-1)) === 1;
}
