import type { JsonObject } from '@collabnet/envelope';
import { LedgerError, type Ledger } from '@collabnet/ledger';

/** A record that the ledger may not have (yet). @throws LedgerError other than NOT_FOUND */
export async function findOnLedger<T>(ledger: Pick<Ledger, 'evaluate'>, contract: string, method: string, args: JsonObject): Promise<T | undefined> {
  try {
    return await ledger.evaluate<T>(contract, method, args);
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
