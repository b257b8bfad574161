import { CONTRACTS_VERSION } from '@collabnet/contracts';
import { LedgerError } from '@collabnet/ledger';
import { WaitError } from '../../../runtime/index.ts';
import { required, type NetworkRun } from '../network-run.ts';

const RETRY_MS = 2_000;

/**
 * Brings the records on the channel to the contracts of this release, once the members have put them into force. Each operator
 * tries, and the ledger does it once.
 */
export async function upgradeLedger(run: NetworkRun): Promise<void> {
  const { contractsInForce } = run;
  if (contractsInForce === undefined || contractsInForce.split('+')[0] !== CONTRACTS_VERSION) return;
  const ledger = await run.services.replicas.open(run.network, required(run.access, 'access'), run.ctx.signal);
  const before = ledger.contracts;
  if (before === undefined || before === CONTRACTS_VERSION || ledger.upgrade === undefined) return;
  try {
    // The view may be old, and another operator have done it.
    await ledger.refresh();
    if (ledger.contracts === CONTRACTS_VERSION) return;
    await ledger.upgrade();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new WaitError('LedgerNotUpgraded', `the records are still of contracts ${before}: ${error.message}`, RETRY_MS, { cause: error });
  }
  run.ctx.event({ type: 'Normal', reason: 'LedgerUpgraded', message: `the records were brought from contracts ${before} to ${CONTRACTS_VERSION}` });
}
