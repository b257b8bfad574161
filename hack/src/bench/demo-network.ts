import type { CollabNetwork, DataAsset } from '@collabnet/crds';
import { get } from '../demo/objects.ts';
import { BANK_A, BANK_B, NETWORK } from '../demo/institutions.ts';
import type { LedgerDriver } from '../demo/ledger.ts';
import { HackError } from '../lib/hack-error.ts';
import { repositoryRoot } from '../lib/paths.ts';
import { run } from '../lib/run.ts';

/** Fails where there is no cluster yet. */
export async function networkIsThere(): Promise<boolean> {
  const offered = async ({ namespace }: { namespace: string }): Promise<boolean> =>
    (await get<DataAsset>(namespace, 'dataasset', 'customers'))?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return (await offered(BANK_A)) && (await offered(BANK_B));
}

/** What is measured must be what is named. @throws HackError BAD_ARGUMENT */
export async function assertDriver(wanted: LedgerDriver): Promise<undefined> {
  const driver = (await get<CollabNetwork>(BANK_A.namespace, 'collabnetwork', NETWORK))?.spec.ledger.driver;
  if (driver === wanted) return undefined;
  throw new HackError('BAD_ARGUMENT', `LEDGER: the network of the demo is on ${driver ?? 'no ledger'}, not on ${wanted}; run make cluster-down, then make demo LEDGER=${wanted}`);
}

/** Runs the demo, which leaves its network behind. */
export async function runDemo(): Promise<undefined> {
  await run('make', ['-s', 'demo'], { cwd: repositoryRoot });
  return undefined;
}
