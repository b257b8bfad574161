/** What one round of calls came to. */
export interface Rate {
  readonly callsPerSecond: number;
  /** CPU time of one call by program, ms. */
  readonly cpuPerCall: Readonly<Record<string, number>>;
}

/** Writing and reading in turn, on one network; medians of rounds. */
export interface ThroughputFigures {
  readonly orderers: number;
  readonly organisations: number;
  readonly batchTimeoutMs: number;
  readonly inFlight: number;
  readonly rounds: number;
  readonly callsPerRound: number;
  readonly write: { readonly nothing: Rate; readonly contract: Rate };
  /** One call alone, to the verified block, ms. */
  readonly alone: { readonly nothing: number; readonly contract: number };
  /** `replica`: by the driver; `peer`: the contract over the peer's state, not ordered; `nothing`: an empty call evaluated. */
  readonly read: { readonly nothing: Rate; readonly peer: Rate; readonly replica: Rate };
  /** Of this network, s: nodes started and in the channel; contracts agreed on and served; first block of the ledger verified. */
  readonly deployment: { readonly channel: number; readonly contracts: number; readonly genesis: number };
}

/** A new peer, and a new view, of a channel with so many blocks. */
export interface SyncFigures {
  readonly blocks: number;
  readonly transactions: number;
  /** s from joining to the height of the others. */
  readonly peer: number;
  /** s to read all blocks from the peer without looking into them. */
  readonly reading: number;
  /** s to read and verify them. */
  readonly view: number;
  /** Size of the view's file, octets. */
  readonly viewOctets: number;
}

/** Octets by where they lie on one peer. */
export interface Sizes {
  readonly blocks: number;
  readonly state: number;
  readonly other: number;
}

export interface GrowthFigures {
  readonly flows: number;
  readonly receipts: number;
  /** One signed receipt transaction as it is sent. */
  readonly transactionOctets: number;
  /** What the receipts added. */
  readonly receiptsAlone: Sizes;
  /** What whole flows added, from proposal to the last receipt. */
  readonly flowsWhole: Sizes;
  readonly flowTransactions: number;
}

/** CPU time by what it was spent on, ms a call. */
export type Shares = Readonly<Record<string, number>>;

export interface ProfileFigures {
  readonly calls: number;
  readonly driver: Shares;
  /** Of one chaincode process. */
  readonly chaincode: Shares;
}

/** What the bench of the ledger on Fabric measures. */
export interface LedgerFigures {
  readonly throughput?: readonly ThroughputFigures[];
  readonly sync?: SyncFigures;
  readonly growth?: GrowthFigures;
  readonly profile?: ProfileFigures;
}
