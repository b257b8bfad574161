import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CONTRACTS_VERSION } from '@collabnet/contracts';
import { LedgerError } from './errors.ts';
import type { Block } from './block.ts';
import { SqliteState, type StoredBlock } from './sqlite-state.ts';

/**
 * The store of a replica. In memory a chain costs about 15 KiB a transaction and is verified anew at every start; in a
 * file of `folder` it is read where the last process stopped. The file is a cache: one of other contracts is not used, one
 * that cannot be read is removed.
 *
 * @param folder of this process alone, such as an emptyDir; undefined: in memory
 * @throws LedgerError STORE_FAILED when the folder cannot be written
 */
export function openReplicaState<B extends StoredBlock = Block>(folder: string | undefined, networkId: string): SqliteState<B> {
  if (folder === undefined) return new SqliteState<B>(':memory:');
  const path = join(folder, `${networkId}-${CONTRACTS_VERSION}.db`);
  try {
    return readable<B>(path);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    return readable<B>(path);
  }
}

function readable<B extends StoredBlock>(path: string): SqliteState<B> {
  const state = new SqliteState<B>(path, { durable: false });
  try {
    state.head();
    return state;
  } catch (cause) {
    state.close();
    throw new LedgerError('STORE_FAILED', `the cache ${path} cannot be read: ${String(cause)}`, { cause });
  }
}
