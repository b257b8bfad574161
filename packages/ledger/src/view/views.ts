import type { RightsTable } from '@collabnet/contracts';
import type { BlockView, LedgerInspection, TransactionView } from '../inspect/block-view.ts';
import type { Ledger } from '../ledger.ts';
import type { LedgerEvent } from '../replica.ts';

/** Who a transaction comes from, as the ledger knows them now. */
export interface SignerView {
  readonly id: string;
  readonly type: string;
  readonly displayName?: string;
  /** Institution of a person or workload. */
  readonly institution?: { readonly did: string; readonly displayName?: string };
  readonly keyId: string;
  /** From the registered key to the one that signed; empty where it is the same. */
  readonly delegatedBy: readonly { readonly id: string; readonly keyId: string; readonly actions: readonly string[] }[];
}

/** A block with what its transactions told. */
export interface BlockDetail extends BlockView {
  readonly events: readonly LedgerEvent[];
}

/** A transaction with all that can be said of it. */
export interface TransactionDetail extends TransactionView {
  readonly block: Omit<BlockView, 'transactions'>;
  readonly signer: SignerView;
  readonly events: readonly LedgerEvent[];
}

/** The contracts as the ledger has them. */
export interface ContractsView {
  /** Version by which this institution verifies. */
  readonly version: string;
  /** Version that the records are of, where the ledger can change it. */
  readonly inForce?: string;
  /** Version that the network was founded with. */
  readonly foundedWith?: string;
  /** Who may call what, by the genesis. */
  readonly rights: RightsTable;
}

/** A ledger that can be looked at. */
export interface ViewedLedger extends Pick<Ledger, 'evaluate'> {
  /** Version of the contracts in force, where the ledger can change it. */
  readonly contracts?: string | undefined;
  inspection(): LedgerInspection;
  /** Brings the view to the newest block; rejects where it cannot. */
  refresh(): Promise<void>;
}

/** The ledgers of a process, by the name of their network. */
export interface ViewedLedgers {
  all(): Iterable<{ readonly name: string; readonly ledger: ViewedLedger }>;
}
