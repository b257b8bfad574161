import type { SignedTransaction } from '@collabnet/envelope';
import type { FabricGenesis } from '@collabnet/fabric-execution';
import type { LedgerEvent, SqliteState } from '@collabnet/ledger';

/**
 * What a replica keeps of a Fabric block. Only blocks that hold a transaction of the contracts are kept and have a
 * height: the ledger's heights count those from 0, the genesis, and are not Fabric's block numbers.
 */
export interface StoredFabricBlock {
  readonly header: {
    readonly height: number;
    /** Fabric's number of the block, and its header hash. */
    readonly number: number;
    readonly hash: string;
    /** Epoch ms; never before that of the block before. */
    readonly time: number;
    readonly stateRoot: string;
    /** Height of the last block, this one included, that was taken from its endorsers and not run again. */
    readonly takenUpTo?: number;
  };
  readonly genesis?: FabricGenesis;
  /** `height` is the one that the contracts ran at, at most that of the block. */
  readonly transactions: readonly { readonly height: number; readonly tx: SignedTransaction }[];
  readonly events: readonly LedgerEvent[];
}

export type FabricState = SqliteState<StoredFabricBlock>;
