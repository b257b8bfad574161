import { ApiReader, kubeconfig, sleep } from '@collabnet/hack';
import { BANK_B } from '../fixture/institutions.ts';
import { attemptPod } from './faults.ts';

/**
 * Follows bank B's courier, of one step if named, from its start and resolves at the first line with this text: sooner than any polling. An
 * attempt may end before for a reason of its own, such as an engine that stalls; then that of the next one is followed.
 */
export async function courierWrites(flowId: string, text: string, { step, timeoutMs = 240_000 }: { step?: string; timeoutMs?: number } = {}): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let pod = '';
  while (Date.now() < deadline) {
    pod = (await attemptPod(BANK_B, flowId, step)).metadata.name;
    if (await logHas(pod, text, deadline - Date.now())) return;
    // The container does not run yet, or not any more.
    await sleep(150);
  }
  throw new Error(`courier ${pod} was to write ${text} within ${timeoutMs / 1000} s`);
}

/** Faults are tried on the local cluster only, whose kubeconfig has all in it. */
let reader: ApiReader | undefined;

async function logHas(pod: string, text: string, timeoutMs: number): Promise<boolean> {
  reader ??= new ApiReader(kubeconfig());
  const log = await reader.open(`/api/v1/namespaces/${BANK_B.namespace}/pods/${pod}/log?container=courier&follow=true`).catch(() => undefined);
  if (log === undefined) return false;
  const timer = setTimeout(() => log.destroy(), timeoutMs);
  let seen = '';
  try {
    for await (const chunk of log.setEncoding('utf8')) {
      seen += String(chunk);
      if (seen.includes(text)) return true;
    }
  } catch {
    // Cut off with the container, or when the time was over.
  } finally {
    clearTimeout(timer);
    log.destroy();
  }
  return false;
}
