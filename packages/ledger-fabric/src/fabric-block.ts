/** One change of a key in a write set; `text` is absent where the key is deleted. */
export interface BlockWrite {
  readonly key: string;
  readonly text?: string;
}

/** Metadata of a key in a write set: its endorsement policy. */
export interface BlockMetadata {
  readonly key: string;
  /** Names and values. */
  readonly text: string;
}

/** A transaction of a block as far as the ledger looks at it. */
export interface BlockTransaction {
  readonly txId: string;
  /** `VALID`, or why the peer has not applied it, as in Fabric's TxValidationCode. */
  readonly code: string;
  /** What it called; absent for configuration. */
  readonly call?: {
    readonly chaincode: string;
    readonly args: readonly string[];
    /** Timestamp of the proposal, epoch ms. */
    readonly time: number;
    /** What the chaincode answered to its endorsers. */
    readonly answer: string;
    /** MSP of who proposed it. */
    readonly creator: string;
    /** Write sets by namespace. */
    readonly writes: ReadonlyMap<string, readonly BlockWrite[]>;
    /** Metadata that are set, by namespace. */
    readonly metadata: ReadonlyMap<string, readonly BlockMetadata[]>;
    /** Versions of the definitions of chaincode that it put into force, by name. */
    readonly definitions?: ReadonlyMap<string, string>;
    /** Namespaces with changes of another kind: private data. */
    readonly otherChanges: readonly string[];
  };
}

/** A block as a peer delivered it, its own hashes checked. */
export interface FabricBlock {
  readonly number: number;
  readonly hash: string;
  readonly previous: string;
  readonly transactions: readonly BlockTransaction[];
}
