/** What a capability says it is for; the gate trusts none of it. */
export interface GateRequest {
  readonly networkId: string;
  readonly flowId: string;
  readonly step: string;
  readonly attempt: number;
  readonly asset: string;
  readonly assetVersion: number;
  /** Columns that are going to be read. */
  readonly columns: readonly string[];
}

/** The ledger says yes, as of now. */
export interface GatePass {
  /** Epoch ms until which the answer holds at most; then it must be asked for again. */
  readonly until: number;
  /** Smallest set the parties agreed on. */
  readonly minimumSetSize: number;
  /** Salted commitment of this version of the asset on the ledger. */
  readonly fingerprint?: string | undefined;
}

/**
 * The last gate: asks the ledger, live, whether this read is covered now [91]. It is asked before every stream and each
 * second of it.
 */
export interface FlowGate {
  /**
   * @throws ProxyError with the contract's code, or FLOW_STATE, when the ledger says no; LEDGER_UNAVAILABLE when it
   * could not be asked within the bound of freshness
   */
  check(request: GateRequest): Promise<GatePass>;
}
