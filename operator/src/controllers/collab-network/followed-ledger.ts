import type { GenesisPayload } from '@collabnet/contracts';
import type { Ledger, LedgerInspection } from '@collabnet/ledger';

/** A genesis as its founder signed it. */
export interface SignedGenesis {
  readonly payload: GenesisPayload;
  readonly signature: string;
}

/** What an operator needs of a ledger beyond the port. */
export interface FollowedLedger extends Ledger {
  /** Brings the replica to the newest block. Rejects with LedgerError while the ledger cannot be reached. */
  refresh(): Promise<void>;
  /** Its verified blocks, for people to look at. */
  inspection(): LedgerInspection;
  /** Puts the genesis on a ledger that does not begin with it by itself. Does nothing when it is there. */
  found?(genesis: SignedGenesis): Promise<void>;
  /** Version of the contracts that the records are of, where the ledger can change it; undefined before the genesis. */
  readonly contracts?: string | undefined;
  /** Brings the records to the version of this build, once the members have put it into force. */
  upgrade?(): Promise<void>;
}
