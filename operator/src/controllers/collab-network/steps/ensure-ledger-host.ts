import { CORE } from '../../../runtime/index.ts';
import { ledgerStatefulSet } from '../build/ledger-host.ts';
import type { NetworkRun } from '../network-run.ts';

/** Runs the embedded ledger beside the hub, at its founder only. */
export async function ensureLedgerHost(run: NetworkRun): Promise<void> {
  if (run.network.spec.founding === undefined || run.network.spec.ledger.driver !== 'embedded') return;
  const { config, hub } = run.services;
  const object = ledgerStatefulSet(run.network, config, hub.clientUrl);
  await run.ctx.applier.apply(CORE.statefulSet, object, { owner: run.network });
}
