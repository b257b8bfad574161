import { LedgerError } from '@collabnet/ledger';
import { StalledError, WaitError } from '../../../runtime/index.ts';
import { ledgerNames } from '../build/ledger-host.ts';
import type { FollowedLedger, SignedGenesis } from '../followed-ledger.ts';
import { required, type NetworkRun } from '../network-run.ts';

const RETRY_MS = 2_000;

/** Puts the genesis on the channel: a channel of Fabric begins without one, the embedded ledger with it. */
export async function foundLedger(run: NetworkRun): Promise<void> {
  const { ledger: wanted, founding } = run.network.spec;
  if (wanted.driver !== 'fabric' || founding === undefined) return;
  const ledger = await run.services.replicas.open(run.network, required(run.access, 'access'), run.ctx.signal);
  if (begun(ledger)) return;
  if (run.fabricProblem !== undefined) throw run.fabricProblem;
  try {
    await ledger.refresh();
    if (begun(ledger)) return;
    await ledger.found?.(await genesisOf(run));
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    if (['UNAVAILABLE', 'TIMEOUT', 'STALE'].includes(error.code)) throw new WaitError('LedgerUnreachable', `the genesis is not on the channel yet: ${error.message}`, RETRY_MS, { cause: error });
    throw new StalledError('GenesisRefused', `the chaincode refused the genesis: ${error.message}`, { cause: error });
  }
  run.ctx.event({ type: 'Normal', reason: 'LedgerFounded', message: 'the genesis of the network is on the channel' });
}

/** Whether the genesis has been read. What else is wrong with the ledger is said when the session is opened. */
function begun(ledger: FollowedLedger): boolean {
  try {
    ledger.head();
    return true;
  } catch (error) {
    return !(error instanceof LedgerError) || error.code !== 'STALE';
  }
}

async function genesisOf(run: NetworkRun): Promise<SignedGenesis> {
  const values = await run.services.secrets.read(ledgerNames(run.network).secret);
  return JSON.parse(values?.['genesis.json'] ?? '') as SignedGenesis;
}
