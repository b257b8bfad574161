import type { AlgorithmRecord } from '@collabnet/contracts';
import { LedgerError } from '@collabnet/ledger';
import { StalledError } from '../../../runtime/index.ts';
import { asReconcileError } from '../../sessions.ts';
import { required, type NetworkRun } from '../network-run.ts';

/** Takes algorithms out of use (retired) or ends them for good (revoked), as the spec lists them. */
export async function endAlgorithms(run: NetworkRun): Promise<void> {
  const { revokedAlgorithms, retiredAlgorithms } = run.network.spec;
  for (const [index, { name, version, reason }] of revokedAlgorithms.entries()) {
    const record = await find(run, name, version, `spec.revokedAlgorithms[${index}]`);
    if (record.state !== 'Revoked') await end(run, 'revoke', { name, version, reason });
  }
  for (const [index, { name, version }] of retiredAlgorithms.entries()) {
    const record = await find(run, name, version, `spec.retiredAlgorithms[${index}]`);
    if (record.state === 'Registered' || record.state === 'Approved') await end(run, 'retire', { name, version });
  }
}

async function find(run: NetworkRun, name: string, version: string, field: string): Promise<AlgorithmRecord> {
  try {
    return await required(run.session, 'session').ledger.evaluate<AlgorithmRecord>('algorithms', 'get', { name, version });
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'NOT_FOUND') throw error;
    throw new StalledError('AlgorithmNotFound', `${field}: ${name} ${version} is not registered; correct name or version, or remove the entry`, { cause: error });
  }
}

async function end(run: NetworkRun, method: 'retire' | 'revoke', args: { name: string; version: string; reason?: string }): Promise<void> {
  try {
    await required(run.session, 'session').submit({ kind: 'Algorithm', contract: 'algorithms', method, public: args });
  } catch (error) {
    throw asReconcileError(error, `${method} of algorithm ${args.name} ${args.version}`);
  }
  run.ctx.event({ type: 'Normal', reason: method === 'revoke' ? 'AlgorithmRevoked' : 'AlgorithmRetired', message: `${args.name} ${args.version}` });
}
