import { algorithmContentSchema, type AlgorithmRecord } from '@collabnet/contracts';
import { digestOf } from '@collabnet/envelope';
import { LedgerError } from '@collabnet/ledger';
import { StalledError } from '../../../runtime/index.ts';
import { required, type NetworkRun } from '../network-run.ts';

/** Registers the algorithms this institution provides. A registered version never changes: another content needs another version. */
export async function registerAlgorithms(run: NetworkRun): Promise<void> {
  const session = required(run.session, 'session');
  for (const wanted of run.network.spec.algorithms) {
    const content = algorithmContentSchema.parse(wanted);
    const { name, version } = content;
    const found = await session.ledger.evaluate<AlgorithmRecord>('algorithms', 'get', { name, version }).catch((error: unknown) => {
      if (error instanceof LedgerError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    });
    if (found === undefined) {
      await session.submit({ kind: 'Algorithm', contract: 'algorithms', method: 'register', public: content });
      run.ctx.event({ type: 'Normal', reason: 'AlgorithmRegistered', message: `${name} ${version} waits for the members' votes` });
    } else if (found.digest !== digestOf(content)) {
      throw new StalledError('AlgorithmConflict', `spec.algorithms: ${name} ${version} is on the ledger with another content; give the changed algorithm a new version`);
    }
  }
}
