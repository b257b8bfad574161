import { required, type NetworkRun } from '../network-run.ts';
import type { StepResult } from '../../../runtime/index.ts';

const RETRY_MS = 5_000;

/** The founder of a network on Fabric serves its ledger to candidates, who have no peer on the channel yet. */
export async function serveCandidates(run: NetworkRun): Promise<StepResult> {
  const { founding, ledger } = run.network.spec;
  const { candidates, logger } = run.services;
  if (ledger.driver !== 'fabric' || founding === undefined) return;
  const name = run.network.metadata.name;
  const served = { access: required(run.access, 'access'), ledger: required(run.session, 'session').ledger, signal: run.ctx.signal };
  try {
    await candidates.serve(name, served);
  } catch (error) {
    // Members need no hub for the ledger, so nothing else waits for it.
    logger.warn({ err: error, network: name }, 'the hub cannot be reached to serve candidates');
    return { requeueAfterMs: RETRY_MS };
  }
}
