import { required, type NetworkRun } from '../network-run.ts';

/** The founder of a network on Fabric serves its ledger to candidates, who have no peer on the channel yet. */
export async function serveCandidates(run: NetworkRun): Promise<void> {
  const { founding, ledger } = run.network.spec;
  if (ledger.driver !== 'fabric' || founding === undefined) return;
  await run.services.candidates.serve(run.network.metadata.name, {
    access: required(run.access, 'access'),
    ledger: required(run.session, 'session').ledger,
    fabric: required(run.fabric, 'nodes on Fabric'),
    signal: run.ctx.signal,
  });
}
